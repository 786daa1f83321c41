"""Every page is valid HTML, by the Nu Html Checker."""

import json
import shutil
import subprocess
from functools import cache

import pytest
from site_pages import ROOT, SITE, pages

CHECKER = ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"
CONTROL = "<!DOCTYPE html><html lang=en><title>t</title><p><img src=a></p>"


def errors(*files):
    """The checker's errors for each file name.

    Warnings are no errors of HTML and not counted. Those of the policy
    come because the checker reads files, which are no part of 'self'.
    """
    command = ["java", "-Xss8m", "-jar", str(CHECKER)]
    command += ["--format", "json", "--stdout", "--exit-zero-always"]
    done = subprocess.run(
        [*command, *map(str, files)], capture_output=True, text=True
    )
    assert done.stdout, done.stderr
    found = {file.as_uri(): [] for file in files}
    for message in json.loads(done.stdout)["messages"]:
        if message["type"] != "info":
            place = f"line {message.get('lastLine')}: {message['message']}"
            found[message["url"].replace("file:/", "file:///", 1).replace(
                "file://///", "file:///"
            )].append(place)  # fmt: skip
    return found


@cache
def site_errors():
    """One run of the checker for all pages: it starts slowly."""
    if shutil.which("java") is None:
        pytest.skip("no Java on this machine: install a JRE to check the HTML")
    names = ["index.html", "search.html", *pages()]
    return errors(*(SITE / name for name in names))


@pytest.mark.parametrize("page", ["index.html", "search.html", *pages()])
def test_html_is_valid(site, page):
    assert not site_errors()[(SITE / page).as_uri()]


def test_the_checker_sees_a_mistake(site, tmp_path):
    site_errors()
    wrong = tmp_path / "wrong.html"
    wrong.write_text(CONTROL)  # a picture without an alt text
    assert errors(wrong)[wrong.as_uri()]
