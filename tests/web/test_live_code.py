"""The browser code of live pages: its types, its style, its logic."""

import subprocess
import sys
from pathlib import Path

import pytest
from site_pages import ROOT

sys.path.insert(0, str(ROOT / "web"))
from live_pages import node_program  # noqa: E402

CHECKS = {
    "types": ["node_modules/typescript/bin/tsc", "-p", "web"],
    "style": [
        "node_modules/eslint/bin/eslint.js",
        "web",
        "tools",
        "tests",
        "benchmarks",
    ],
    "logic": ["--test", "tests/web/live/*.test.mjs"],
}


@pytest.mark.parametrize("check", CHECKS)
def test_browser_code(check):
    command = list(CHECKS[check])
    if check == "logic":
        command[-1:] = map(str, sorted(Path(ROOT).glob(command[-1])))
    run = subprocess.run(
        [node_program(), *command], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def test_logic_is_tested():
    """Fewer tests than files would mean that none were found."""
    found = list(ROOT.glob("tests/web/live/*.test.mjs"))
    assert len(found) >= 3
