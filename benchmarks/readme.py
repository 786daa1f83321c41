"""What the benchmarks write: tables in README.md beside this file."""

import platform
import re
from pathlib import Path

README = Path(__file__).with_name("README.md")


def processor():
    """The name of the machine's processor."""
    try:
        text = Path("/proc/cpuinfo").read_text()
        return re.search(r"model name\s*: (.*)", text)[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def table(head, rows):
    """A table in Markdown, numbers to the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(mark, text):
    """Put text between ``<!-- mark -->`` and the next ``<!-- end -->``."""
    marks = rf"(<!-- {mark} -->\n).*?(<!-- end -->)"
    old = README.read_text("utf-8")
    new = re.sub(marks, lambda m: f"{m[1]}\n{text}\n\n{m[2]}", old, flags=re.S)
    README.write_text(new, "utf-8")
