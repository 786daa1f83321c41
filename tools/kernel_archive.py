"""Pack what a live page imports first into one archive, ``kernel.zip``.

Python reads an archive on ``sys.path`` in place: unpacking the wheels it is
made of would take longer than importing from them. JupyterLite uses the
wheels, which stay as they are.
"""

import json
import zipfile

import matplotlib
from matplotlib import font_manager

ARCHIVE = "kernel.zip"
# IPython with its widgets, and what Matplotlib needs that is pure Python.
PACKED = (
    "pyodide-kernel",
    "ipykernel",
    "comm",
    "ipython",
    "ipywidgets",
    "cycler",
    "packaging",
    "pyparsing",
    "python-dateutil",
)
# Needed by what live pages do not have: completion, a terminal, JupyterLab,
# time zones by name.
LEFT_OUT = {
    "jedi",
    "jupyterlab-widgets",
    "pexpect",
    "tzdata",
    "widgetsnbextension",
}


def pack(folder, packages):
    """Write the archive into a Pyodide folder.

    ``packages`` is the ``packages`` of its lock file. Byte code takes the
    place of its source; a list of Matplotlib's own fonts saves the time to
    look at each of them.
    """
    with zipfile.ZipFile(folder / ARCHIVE, "w") as archive:
        for name in sorted(closure(packages)):
            wheel = folder / packages[name]["file_name"]
            for place, content in modules(wheel):
                write(archive, place, content)
        version = packages["matplotlib"]["version"]
        if version == matplotlib.__version__:
            number = font_manager.FontManager.__version__
            write(archive, f"fontlist-v{number}.json", fonts().encode())


def closure(packages):
    """The packed packages and all that they need."""
    found, asked = set(), list(PACKED)
    while asked:
        name = asked.pop()
        if name not in found | LEFT_OUT:
            found.add(name)
            asked += packages[name]["depends"]
    return found


def modules(wheel):
    """What a wheel installs: place and content, byte code before source."""
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        compiled = {
            f"{folder}{name.split('.')[0]}.py"
            for folder, mark, name in (
                n.partition("__pycache__/") for n in names
            )
            if mark
        }
        for name in names:
            if ".data/" in name or "/tests/" in name or name in compiled:
                continue
            place = name
            if "__pycache__/" in name:
                stem = name.replace("__pycache__/", "").split(".cpython")[0]
                place = f"{stem}.pyc"
            yield place, files.read(name)


def write(archive, place, content):
    """Store a file without the time of day: same input, same archive."""
    info = zipfile.ZipInfo(place)
    archive.writestr(info, content, zipfile.ZIP_DEFLATED, 9)


def fonts():
    """Matplotlib's list of the fonts that it brings, as its cache has it."""
    manager = font_manager.FontManager.__new__(font_manager.FontManager)
    find = font_manager.findSystemFonts

    def find_own(fontpaths=None, fontext="ttf"):
        """Fonts of this machine are not in the reader's browser."""
        return sorted(find(fontpaths, fontext)) if fontpaths else []

    font_manager.findSystemFonts = find_own
    try:
        manager.__init__()
    finally:
        font_manager.findSystemFonts = find
    return json.dumps(
        manager, cls=font_manager._JSONEncoder, indent=1, sort_keys=True
    )
