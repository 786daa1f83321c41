"""Read the book as the tests see it: chapters, cells, boxes, symbols."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^:::\{([\w:]+)\} *(.*)$")
OPTION = re.compile(r"^:(\w+): *(.*)$")


@dataclass
class Box:
    """A colon-fenced directive that fills a cell."""

    kind: str
    title: str
    label: str
    body: str
    place: int  # index of its cell


@dataclass
class Chapter:
    path: Path
    cells: list
    metadata: dict
    boxes: list = field(default_factory=list)

    @property
    def slug(self):
        return self.path.stem

    @property
    def checks(self):
        return self.slug.replace("-", "_")

    @property
    def module(self):
        return self.metadata.get("nbdev", {}).get("default_exp")

    @property
    def in_appendix(self):
        return self.path.parent.name == "appendix"

    @property
    def is_review(self):
        """The page that closes a part: a table, and problems across it."""
        return self.slug.endswith("-review")

    def code(self):
        return [c for c in self.cells if c.cell_type == "code"]

    def markdown(self):
        return [c for c in self.cells if c.cell_type == "markdown"]

    def text(self):
        return "\n\n".join(c.source for c in self.markdown())

    def of(self, *kinds):
        return [b for b in self.boxes if b.kind in kinds]


@cache
def toc():
    """The files of _toc.yml in reading order, without the root."""
    content = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    return [c["file"] for part in content["parts"] for c in part["chapters"]]


@cache
def chapters():
    """The notebooks of _toc.yml in reading order."""
    files = [ROOT / f"{name}.ipynb" for name in toc()]
    return [read(path) for path in files if path.exists()]


def lessons():
    """The chapters proper: no appendix, no review."""
    return [c for c in practiced() if not c.is_review]


def practiced():
    """The notebooks with exercises: chapters, and reviews of a part."""
    return [c for c in chapters() if not c.in_appendix]


def read(path):
    book = nbformat.read(path, as_version=4)
    chapter = Chapter(path, book.cells, book.metadata)
    for place, cell in enumerate(book.cells):
        if cell.cell_type == "markdown":
            chapter.boxes += boxes(cell.source, place)
    return chapter


def boxes(source, place):
    """The outermost colon fences of a cell."""
    found, lines, depth = [], source.splitlines(), 0
    for line in lines:
        opening = FENCE.match(line)
        if opening and depth == 0:
            box = Box(opening[1], opening[2], "", "", place)
            found.append(box)
        depth += bool(opening)
        if line.strip() == ":::":
            depth -= 1
        elif depth and not opening:
            option = OPTION.match(line)
            if option and option[1] in ("label", "name"):
                box.label = option[2]
            elif not option:
                box.body += line + "\n"
    return found


def slug(chapter):
    """How a test names its chapter."""
    return chapter.slug


# --- mathematics -----------------------------------------------------------

DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.S)
INLINE = re.compile(r"(?<![\\$])\$([^$]+?)\$")
CODE = re.compile(r"```.*?```|`[^`]*`", re.S)
WORDS = re.compile(
    r"\\(?:text|mathrm|operatorname\*?|textbf|textit|begin|end|htmlClass)"
    r"\s*\{[^{}]*\}"
)
FONTS = r"mathbf|boldsymbol|mathbb|mathcal|mathfrak|mathsf"
SYMBOL = re.compile(
    rf"\\(?:{FONTS})\s*(?:\{{\s*\\?[A-Za-z0-9]+\s*\}}|\\?[A-Za-z0-9]+)"
    r"|\\[A-Za-z]+|[A-Za-z]"
)
GREEK = set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota "
    "kappa lambda mu nu xi pi rho sigma tau upsilon phi varphi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell nabla "
    "partial".split()
)


def formulas(text):
    """The LaTeX of all formulas in Markdown, code spans left out."""
    text = CODE.sub(" ", text)
    found = DISPLAY.findall(text)
    return found + INLINE.findall(DISPLAY.sub(" ", text))


def symbols(latex):
    r"""The letters a formula uses: ``W`` in ``\mathbf W``, as ``mathbf W``."""
    latex = re.sub(r"\\\\(\[[^\]]*\])?", " ", latex)
    found = set()
    for token in SYMBOL.findall(WORDS.sub(" ", latex)):
        font = re.match(
            rf"\\({FONTS})\s*\{{?\s*(\\?[A-Za-z0-9]+)\s*\}}?$", token
        )
        if font:
            face, letter = font[1], font[2].lstrip("\\")
            if "{" in token or "\\" in font[2]:
                found.add(f"{face} {letter}")
            else:  # \mathbf Wx is a bold W and a plain x
                found.add(f"{face} {letter[0]}")
                found.update(letter[1:])
        elif token[0] == "\\":
            if token[1:] in GREEK:
                found.add(token[1:])
        else:
            found.add(token)
    return found
