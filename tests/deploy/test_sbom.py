"""The bill of materials lists each locked package once, with every hash that its lock allows."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from deploy.sbom import LOCKS, bill, images, packages

TEXTS = {lock: Path(lock).read_text() for lock in LOCKS}
ALL = sorted(map(str, Path().glob("requirements*.lock")))


def components() -> list[dict[str, Any]]:
    return json.loads(json.dumps(bill()))["components"]  # type: ignore[no-any-return]


def test_every_lock_is_read() -> None:
    assert sorted(LOCKS) == ALL


@pytest.mark.parametrize("lock", ALL)
def test_each_locked_package_is_listed_with_its_hashes(lock: str) -> None:
    """Counted another way than the script does: by line."""
    listed = {
        (component["name"], component["version"]): component
        for component in components()
        if component["type"] == "library"
    }
    name: tuple[str, str] | None = None
    hashes: dict[tuple[str, str], set[str]] = {}
    for line in TEXTS[lock].splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            left, right = line.split("==", 1)
            name = left.strip(), re.split(r"[\s;\\]", right, maxsplit=1)[0]
            hashes[name] = set()
        if "--hash=sha256:" in line and name is not None:
            hashes[name].add(line.split("--hash=sha256:")[1].split()[0])
    assert len(hashes) > 3
    required = packages(TEXTS[lock], "required")
    assert {
        (component["name"], component["version"]): {
            digest["content"] for digest in component["externalReferences"][0]["hashes"]
        }
        for component in required
    } == hashes
    for package, wanted in hashes.items():
        [reference] = listed[package]["externalReferences"]
        assert wanted
        assert wanted <= {digest["content"] for digest in reference["hashes"]}


def test_what_is_run_is_told_from_what_only_builds_and_tests() -> None:
    scopes = {component["name"]: component["scope"] for component in components()}
    assert (scopes["fastapi"], scopes["hatchling"], scopes["pytest"]) == ("required", "excluded", "excluded")


def test_images_of_others_are_listed_by_tag_and_by_digest_once_pinned() -> None:
    assert {component["name"] for component in components() if component["type"] == "container"} >= {
        "python",
        "postgres",
    }
    pinned = f"ZI_IMAGE_NATS=nats:2-alpine@sha256:{'ab' * 32}\n"
    assert images(pinned)[0]["purl"] == f"pkg:docker/nats@sha256:{'ab' * 32}?tag=2-alpine"


def test_equal_locks_give_equal_bytes() -> None:
    runs = [
        subprocess.run([sys.executable, "deploy/sbom.py"], capture_output=True, check=True).stdout
        for _ in "ab"
    ]
    assert runs[0] == runs[1]
    document = json.loads(runs[0])
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    references = [component["bom-ref"] for component in document["components"]]
    assert len(set(references)) == len(references)
