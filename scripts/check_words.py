"""No committed file names a package registry, a path of somebody's machine, or work left undone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What others wrote, and this list itself.
EXEMPT = ("static/vendor/", "tests/vendor/", "scripts/check_words.py")
MEANINGS = {
    "a registry's address": re.compile(
        r"(pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|deb\.debian\.org"
        r"|https?://[^\s/]+/(simple|packages)/)",
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(r"(?<![\w.\-/])/(work|root|home|Users|farm)/"),
    "work left undone": re.compile(r"\b(TODO|FIXME|XXX)\b"),
}


def committed_files() -> list[Path]:
    """All files that are, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(filter(None, listed.stdout.split("\0"))))
    return [ROOT / name for name in names if not name.startswith(EXEMPT)]


def faults(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Each line of the file that should not leave the house, and why."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return  # a picture or a font; or deleted and not yet committed
    for number, line in enumerate(lines, 1):
        for meaning, pattern in MEANINGS.items():
            if pattern.search(line):
                yield f"{path.relative_to(root)}:{number}: {meaning}: {line.strip()[:100]}"


def main() -> int:
    """Print each fault."""
    found = [fault for path in committed_files() for fault in faults(path)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
