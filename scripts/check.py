"""Run what a build runs, one step after the other, until one fails: `make check`.

With names as arguments, only those steps: `make check ARGS="lint types"`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PYTHON = [sys.executable, "-m"]
STEPS: dict[str, list[str]] = {
    "format": [str(BIN / "ruff"), "format", "--check", "--output-format=concise", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy")],
    "imports": [str(BIN / "lint-imports"), "--no-logo"],
    "templates": [*PYTHON, "scripts.check_templates"],
    "translations": [*PYTHON, "scripts.translations", "--check", "fi", "sv"],
    "vendored": [sys.executable, "scripts/vendor.py", "--check"],
    "words": [*PYTHON, "scripts.check_words"],
    "migrations": [*PYTHON, "scripts.check_migrations"],
}


def passes(name: str) -> bool:
    """Run one step; its output is shown only when it fails."""
    print(f"── {name:<13}", end="", flush=True)
    begun = time.monotonic()
    done = subprocess.run(
        STEPS[name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"{'ok' if done.returncode == 0 else 'FAILED':<7}{time.monotonic() - begun:6.1f} s")
    if done.returncode:
        print(done.stdout)
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Stop at the first step that fails."""
    if unknown := set(names) - set(STEPS):
        print(f"There is no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}.")
        return 2
    return 0 if all(passes(name) for name in names or STEPS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
