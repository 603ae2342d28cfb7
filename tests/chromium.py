"""Finds the Chromium that the browser tests drive, and installs one where it can. Standard library only."""

import os
import shutil
import subprocess
import sys

from app.pip import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-wqy-microhei")  # the font draws the Chinese page

NONE = (
    "There is no Chromium for the browser tests, and none could be installed. Install one (on Debian and Ubuntu: "
    "sudo apt install chromium) or set CHROMIUM to the path of one, and start again. The browser tests will fail now."
)


def provide() -> str:
    """The path of a Chromium, installed if need be; empty where Playwright's own is to be taken."""
    if found := find():
        return found
    if _is_debian_root():
        say("Installing Chromium for the browser tests with apt-get (about 100 MB to download, some minutes) …")
        surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", *PACKAGES]):
            done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
            if done.returncode:
                say(f"  {' '.join(command)} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
        if found := find():
            return found
    say("Looking for Playwright's own Chromium (about 170 MB to download if it is not there yet) …")
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(NONE)
    return ""


def find() -> str:
    named = os.environ.get("CHROMIUM", "")
    return named or next((path for name in NAMES if (path := shutil.which(name))), "")


def _is_debian_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
