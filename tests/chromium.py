"""Finds the Chromium that the browser tests drive, and installs one where it can. Standard library only."""

import os
import shutil
import subprocess
import sys

from app.setup.pip import say

HEADLESS = "chromium-headless-shell"
"""The same engine without a window's buttons and menus, which nobody sees here and which cost a third of its time."""
NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = (HEADLESS, "fonts-wqy-microhei")  # the font draws the Chinese page
DRIVER_PACKAGE = "libatomic1"  # Playwright's driver needs it, and a slim Debian has it not

NO_BROWSER = (
    "There is no Chromium for the browser tests, and none could be installed. Install one (on Debian and Ubuntu: "
    "sudo apt install chromium) or set CHROMIUM to the path of one, and start again. The browser tests will fail now."
)
NO_DRIVER = (
    "Playwright, which drives Chromium, does not start here. On Debian and Ubuntu: sudo apt install libatomic1; then "
    "start again. The browser tests will fail now."
)


def provide() -> str:
    """The path of a Chromium, installed if need be; empty where Playwright's own is to be taken."""
    lacking = [] if _has_headless() else [HEADLESS] if find() else list(PACKAGES)
    if not _playwright("--version"):
        lacking.append(DRIVER_PACKAGE)
    if lacking and _is_debian_root():
        _install(lacking)
    if DRIVER_PACKAGE in lacking and not _playwright("--version"):
        say(NO_DRIVER)
    elif not find():
        say("Looking for Playwright's own Chromium (about 170 MB to download if it is not there yet) …")
        if not _playwright("install", "chromium"):
            say(NO_BROWSER)
    return find()


def _install(packages: list[str]) -> None:
    say(f"Installing {', '.join(packages)} with apt-get for the browser tests (up to 100 MB, some minutes) …")
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", *packages]):
        done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"  {' '.join(command)} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")


def _playwright(*arguments: str) -> bool:
    command = [sys.executable, "-m", "playwright", *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def find() -> str:
    named = os.environ.get("CHROMIUM", "")
    return named or next((path for name in NAMES if (path := shutil.which(name))), "")


def _has_headless() -> bool:
    return bool(os.environ.get("CHROMIUM") or shutil.which(HEADLESS))


def _is_debian_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None
