"""See to it that there is a Chromium for the journeys in a real browser, where that is possible.

CHROMIUM names one; else one on this machine is taken; else Debian's is installed, as root or by a
sudo that asks nothing. Without one the journeys are skipped, except in CI, which must not skip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium, or None."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def how_to_get_one() -> str:
    """What to do where there is none."""
    return (
        "There is no Chromium here: install it (Debian: apt-get install chromium), or let CHROMIUM "
        "hold the path of one."
    )


def _install() -> None:
    if not shutil.which("apt-get"):
        return
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and (not shutil.which("sudo") or _quiet([*prefix, "true"])):
        return
    print("── No Chromium on this machine: installing it with apt-get")
    _quiet([*prefix, "apt-get", "update"])
    _quiet([*prefix, "apt-get", "install", "-y", "--no-install-recommends", "chromium"])


def _quiet(command: list[str]) -> int:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return done.returncode


def main() -> int:
    """Find or install one; only CI fails without."""
    if not find_chromium() and not os.environ.get("CHROMIUM"):
        _install()
    if path := find_chromium():
        print(f"── Chromium: {path}")
        return 0
    in_ci = os.environ.get("CI") == "true"
    print(how_to_get_one() + ("" if in_ci else " Until then the journeys are skipped."))
    return 1 if in_ci else 0


if __name__ == "__main__":
    sys.exit(main())
