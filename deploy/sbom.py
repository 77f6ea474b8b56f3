"""Writes a bill of materials (CycloneDX 1.6, JSON) of what the locks install: `python deploy/sbom.py > sbom.json`; equal locks, equal bytes."""

import json
import re
import sys
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[1]
# What runs, what builds it, what tests it, and what runs beside tests and benchmarks (CycloneDX: required, or excluded from what is run).
LOCKS = {
    "requirements.lock": "required",
    "requirements-build.lock": "excluded",
    "requirements-test.lock": "excluded",
    "requirements-peers.lock": "excluded",
    "requirements-mining.lock": "excluded",
}
IMAGES = "deploy/images.env"
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:.|\\\n)*?)(?=\n\S|\n?\Z)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_IMAGE = re.compile(r"^ZI_IMAGE_[A-Z]+=([^:@\s]+):([^@\s]+)(?:@(sha256:[0-9a-f]{64}))?$", re.MULTILINE)


def bill() -> dict[str, object]:
    """The whole document."""
    components: dict[str, dict[str, Any]] = {}
    for lock, scope in LOCKS.items():
        for component in packages((ROOT / lock).read_text(), scope):
            known = components.setdefault(component["bom-ref"], component)
            hashes = known["externalReferences"][0]["hashes"]
            hashes += [entry for entry in component["externalReferences"][0]["hashes"] if entry not in hashes]
    listed = [*components.values(), *images((ROOT / IMAGES).read_text())]
    listed.sort(key=lambda component: str(component["bom-ref"]))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(listed))}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "zona", "bom-ref": "zona"}},
        "components": listed,
    }


def packages(lock: str, scope: str) -> list[dict[str, Any]]:
    """The locked packages of one list, with the hashes of the files that may be installed."""
    found = []
    for name, version, rest in _PACKAGE.findall(lock):
        url = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
        hashes = [{"alg": "SHA-256", "content": digest} for digest in _HASH.findall(rest)]
        found.append(
            {
                "type": "library",
                "bom-ref": url,
                "name": name,
                "version": version,
                "scope": scope,
                "purl": url,
                # A package has a file for each kind of machine, and CycloneDX's own list is of one file.
                "externalReferences": [
                    {
                        "type": "distribution",
                        "url": f"https://pypi.org/project/{name}/{version}/",
                        "hashes": hashes,
                    }
                ],
            }
        )
    return found


def images(listed: str) -> list[dict[str, object]]:
    """The images of others, by tag, and by digest where one is pinned."""
    found = []
    for name, tag, digest in _IMAGE.findall(listed):
        url = f"pkg:docker/{name}@{digest or tag}" + (f"?tag={tag}" if digest else "")
        found.append(
            {
                "type": "container",
                "bom-ref": url,
                "name": name,
                "version": tag,
                "scope": "required",
                "purl": url,
            }
        )
    return found


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    sys.stdout.write("\n")
