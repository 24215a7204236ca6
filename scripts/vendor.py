"""Re-make the vendor folders from their manifests, or (with `--check`) only verify what is there.

`static/vendor/` is served to readers, `tests/vendor/` only helps tests. A manifest names each
package, its version, its licence, and for every file where it lies in the package and its SHA-256.
Nothing is written unless every file has the hash it should have. To take a new version: change its
manifest, run this, and put in the hashes it reports.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

Package = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "static/vendor", ROOT / "tests/vendor")


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument(
        "--check", action="store_true", help="verify the files that are there, fetch nothing"
    )
    packages = [package for folder in FOLDERS for package in named_in(folder / "manifest.json")]
    if arguments.parse_args().check:
        contents = {path: read(path) for package in packages for path in targets(package)}
    else:
        contents = {
            path: content for package in packages for path, content in fetched(package).items()
        }
    if wrong := mistakes(packages, contents):
        print("\n".join(wrong), file=sys.stderr)
        return 1
    if stray := strangers(packages):
        print(
            "\n".join(f"{path.relative_to(ROOT)}: not in the manifest" for path in stray),
            file=sys.stderr,
        )
        return 1
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if read(path) != content:
            path.write_bytes(content)
    print(f"{len(contents)} files of {len(packages)} packages are as the manifest says.")
    return 0


def named_in(manifest: Path) -> list[Package]:
    """The packages of a manifest, each with the folder that its files lie in."""
    packages: list[Package] = json.loads(manifest.read_text(encoding="utf-8"))["packages"]
    return [{**package, "folder": manifest.parent / package["folder"]} for package in packages]


def targets(package: Package) -> dict[Path, dict[str, str]]:
    """Where each file of the package lies here, and its entry in the manifest."""
    folder: Path = package["folder"]
    return {folder / Path(file["source"]).name: file for file in package["files"]}


def fetched(package: Package) -> dict[Path, bytes]:
    """What each file of the package holds as published."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to fetch the packages; `--check` does without.")
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package['name']}@{package['version']}"
        pack = [npm, "pack", wanted, "--silent", "--pack-destination", folder]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        (tarball,) = Path(folder).glob("*.tgz")
        with tarfile.open(tarball) as archive:
            return {
                path: member(archive, f"package/{file['source']}")
                for path, file in targets(package).items()
            }


def member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    return stream.read() if stream else b""


def read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def mistakes(packages: list[Package], contents: dict[Path, bytes]) -> list[str]:
    """A line for each file that does not have the hash the manifest gives it."""
    expected = {
        path: file["sha256"] for package in packages for path, file in targets(package).items()
    }
    actual = {path: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
    return [
        f"{path.relative_to(ROOT)}: is {actual[path]}, should be {expected[path]}"
        for path in expected
        if actual[path] != expected[path]
    ]


def strangers(packages: list[Package]) -> list[Path]:
    """Files in the vendor folders that no package of a manifest brings."""
    known = {path for package in packages for path in targets(package)}
    known |= {folder / "manifest.json" for folder in FOLDERS}
    found = [path for folder in FOLDERS for path in sorted(folder.rglob("*"))]
    return [path for path in found if path.is_file() and path not in known]


if __name__ == "__main__":
    sys.exit(main())
