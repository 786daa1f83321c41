"""The machine's Chromium or Chrome, and how it is started without a screen."""

import shutil

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update "
    "--disable-sync --disable-dev-shm-usage"
).split()


def find_chromium():
    """The program's path, or None if there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)
