"""Build the website anew into _build/html; any warning fails.

The full log goes to _build/site.log; the terminal sees a line a stage, and
the warnings if there are any.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
LOG = ROOT / "_build" / "site.log"
STAGES = {
    "reading sources": "reading the chapters",
    "writing output": "writing the pages",
}
COLORS = re.compile(r"\x1b\[[0-9;]*m")


def build():
    """Build into an empty folder: nothing of an older site remains.

    Exits with the warnings and errors if there are any.
    """
    LOG.parent.mkdir(exist_ok=True)
    shutil.rmtree(SITE, ignore_errors=True)
    program = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    command = [program, "build", str(ROOT), "-W", "-n", "--keep-going"]
    command += ["--all"]
    told, problems = set(), []
    with LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        for line in process.stdout:
            line = COLORS.sub("", line)
            log.write(line)
            for start, stage in STAGES.items():
                if line.startswith(start + "... [") and stage not in told:
                    told.add(stage)
                    print(f"  {stage}", flush=True)
            if "WARNING" in line or "ERROR" in line or "rror:" in line:
                problems.append(line.strip())
    if process.wait():
        print("\n".join(problems))
        sys.exit(f"the site was not built; the whole log is in {LOG}")


if __name__ == "__main__":
    print("building the site (a minute or two)", flush=True)
    build()
    pages = len(list((SITE / "book").rglob("*.html")))
    print(f"built {pages} pages in _build/html")
