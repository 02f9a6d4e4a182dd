"""Of what the node is made: a CycloneDX list of every package with its version and digest, from the lock files."""

import argparse
import json
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HELP = "in danh mục thành phần phần mềm (SBOM, CycloneDX 1.6)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to write it."""
    parser.add_argument("--to", metavar="TỆP", help="ghi vào tệp này (mặc định: in ra)")


def run(options: argparse.Namespace) -> int:
    """The same lock files give the same bytes."""
    from ansinh.config.settings import ROOT

    text = json.dumps(document(ROOT), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if options.to:
        Path(options.to).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def document(root: Path) -> dict[str, Any]:
    """The CycloneDX document of the repository at `root`."""
    locked = tomllib.loads((root / "uv.lock").read_text(encoding="utf-8"))
    packages = json.loads((root / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    own = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [*_of_python(locked), *_of_npm(packages)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": own["name"], "version": own["version"]}},
        "components": sorted(found, key=lambda one: one["purl"]),
    }


def _of_python(locked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in locked["package"]:
        if "registry" in one.get("source", {}):
            files = [*([one["sdist"]] if "sdist" in one else []), *one.get("wheels", [])]
            digests = [file["hash"].removeprefix("sha256:") for file in files]
            hashes = [{"alg": "SHA-256", "content": digest} for digest in digests]
            yield _component("pypi", one["name"], one["version"], hashes)


def _of_npm(packages: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place, one in packages["packages"].items():
        name = place.rpartition("node_modules/")[2]
        if place and one.get("integrity"):
            algorithm, _, digest = one["integrity"].partition("-")
            content = b64decode(digest.split()[0]).hex()
            yield _component(
                "npm", name, one["version"], [{"alg": algorithm.upper().replace("A", "A-"), "content": content}]
            )


def _component(kind: str, name: str, version: str, hashes: list[dict[str, str]]) -> dict[str, Any]:
    written = name.replace("@", "%40")
    purl = f"pkg:{kind}/{written}@{version}"
    return {"type": "library", "name": name, "version": version, "hashes": hashes, "purl": purl}
