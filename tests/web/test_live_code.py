"""The browser code of live pages: its types, its style, its logic."""

import subprocess
from pathlib import Path
from types import SimpleNamespace

import live_pages
import pytest
from node import node_program
from site_pages import ROOT
from sphinx.errors import SphinxError

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


def test_what_cannot_be_bundled_is_named(tmp_path, monkeypatch):
    script = tmp_path / "web/bundle_live.mjs"
    (script.parent / "live").mkdir(parents=True)
    script.write_bytes((ROOT / "web/bundle_live.mjs").read_bytes())
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for name in ("page", "worker", "unpack"):
        (script.parent / f"live/{name}.js").write_text('import "./gone.js";')
    monkeypatch.setattr(live_pages, "ROOT", tmp_path)
    monkeypatch.setattr(live_pages, "PYODIDE", tmp_path)
    app = SimpleNamespace(outdir=tmp_path / "_build/html")
    with pytest.raises(SphinxError, match=r"live/page.js.*\n.*gone.js"):
        live_pages.bundle(app)
