"""A bundle installs without an index, and not at all once a byte of it was changed."""

import json
import os
import re
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from deploy import bundle

ROOT = Path(__file__).parents[2]
SMALL = "idna"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle of little: files that are not sources at all."""
    made = tmp_path / "bundle"
    (made / "packages").mkdir(parents=True)
    (made / "install").write_bytes((ROOT / "deploy" / "install-bundle").read_bytes())
    (made / "packages" / "some.whl").write_bytes(b"wheel")
    (made / "source.tar").write_bytes(b"tar")
    bundle.write_sums(made)
    return made


def install(folder: Path, digest: str, target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(folder / "install"), digest, str(target)]
    around: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith("PIP_")
    }
    return subprocess.run(
        command, env={**around, **environment}, capture_output=True, text=True, timeout=300, check=False
    )


def announced(folder: Path) -> str:
    return bundle.digest(folder / bundle.SUMS)


@pytest.mark.parametrize("name", ["packages/some.whl", "source.tar", "install"])
def test_one_changed_byte_is_refused_before_anything_is_made(folder: Path, tmp_path: Path, name: str) -> None:
    digest, changed = announced(folder), bytearray((folder / name).read_bytes())
    changed[2] ^= 1
    (folder / name).write_bytes(changed)
    if name == "install":  # the changed one might say anything: this is what people do by hand before
        check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
        assert subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 1
        return
    refused = install(folder, digest, tmp_path / "zona")
    assert refused.returncode == 1
    assert f"{name}: FAILED" in refused.stdout
    assert not (tmp_path / "zona").exists()


def test_sums_that_were_written_anew_are_refused(folder: Path, tmp_path: Path) -> None:
    digest = announced(folder)
    (folder / "source.tar").write_bytes(b"other sources")
    bundle.write_sums(folder)
    refused = install(folder, digest, tmp_path / "zona")
    assert (refused.returncode, "another digest" in refused.stderr) == (1, True)
    assert not (tmp_path / "zona").exists()


def test_a_file_too_many_or_a_folder_that_is_in_use_is_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "packages" / "more.whl").write_bytes(b"")
    assert "other files" in install(folder, announced(folder), tmp_path / "zona").stderr
    (folder / "packages" / "more.whl").unlink()
    (tmp_path / "zona").mkdir()
    (tmp_path / "zona" / "something").touch()
    assert "is not empty" in install(folder, announced(folder), tmp_path / "zona").stderr


def test_without_the_digest_nothing_is_installed(folder: Path) -> None:
    alone = subprocess.run(["sh", folder / "install"], capture_output=True, text=True, check=False)
    assert (alone.returncode, "by another way" in alone.stderr) == (1, True)


class Docker:
    """Stands where docker does: a pinned image of others, one of Keycloak, and one of the demo; `here` is on this machine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, here: set[str]) -> None:
        self.ran: list[tuple[str, ...]] = []
        monkeypatch.setattr(bundle, "_run", self.run)
        monkeypatch.setattr(bundle, "_is_here", here.__contains__)

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> str:
        self.ran.append(command)
        services = {
            "bus": {"image": PINNED},
            "keycloak": {"image": "keycloak:26", "profiles": ["keycloak"]},
            "mailbox": {"image": "mailbox:1", "profiles": ["demo"]},
        }
        return json.dumps({"services": services}) if "config" in command else ""


PINNED = f"nats:2-alpine@sha256:{'0' * 64}"


def test_the_pinned_images_are_built_with_and_saved_by_their_tags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image that is saved by its digest has no name where it is loaded."""
    docker = Docker(monkeypatch, {PINNED, "keycloak:26"})
    bundle.save_images(tmp_path, bundle.OPTIONAL)
    for command in docker.ran:
        if command[1] == "compose":
            assert command[2:4] == ("--env-file", "deploy/images.env")
    assert ("docker", "tag", PINNED, "nats:2-alpine") in docker.ran
    [saved] = [command for command in docker.ran if command[1] == "save"]
    assert saved[4:] == ("keycloak:26", "nats:2-alpine")
    names = (tmp_path / "images.env").read_text()
    assert "ZI_IMAGE_NATS=nats:2-alpine\n" in names
    assert "@sha256" not in names


def test_without_the_image_of_keycloak_no_bundle_is_made_unless_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Docker(monkeypatch, {PINNED})
    with pytest.raises(bundle.BundleError, match="keycloak:26"):
        bundle.save_images(tmp_path, bundle.OPTIONAL)
    bundle.save_images(tmp_path, bundle.OPTIONAL | {"keycloak"})


def test_without_docker_there_is_no_bundle_with_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bundle.BundleError, match="docker is not on this machine"):
        bundle.save_images(tmp_path, bundle.OPTIONAL)


def test_a_digest_is_no_part_of_a_name() -> None:
    assert bundle.tagged(PINNED) == "nats:2-alpine"
    assert bundle.tagged("zona:latest") == "zona:latest"


@pytest.mark.journey
def test_the_packages_install_with_hashes_and_without_an_index(tmp_path: Path) -> None:
    """With the real list of tools, one small package and one of this house."""
    made, sources = tmp_path / "bundle", tmp_path / "sources"
    sources.mkdir()
    locked = re.search(
        rf"^{SMALL}==.*\n(?: +--hash.*\n)+", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    assert locked
    (sources / "requirements.lock").write_text(locked[0])
    for name in ("requirements-build.lock", "Makefile"):
        (sources / name).write_bytes((ROOT / name).read_bytes())
    made.mkdir()
    with tarfile.open(made / "source.tar", "w") as archive:
        archive.add(sources, arcname=".")
        archive.add(
            ROOT / "tlog", arcname="tlog", filter=lambda each: None if "__pycache__" in each.name else each
        )
    for lock in bundle.LOCKS:
        bundle.download(sources / lock, made / "packages")
    (made / "install").write_bytes((ROOT / "deploy" / "install-bundle").read_bytes())
    bundle.write_sums(made)
    target = tmp_path / "zona"
    done = install(made, announced(made), target, MAKEFLAGS="PACKAGES=tlog", PIP_NO_COMPILE="0")
    assert done.returncode == 0, done.stdout + done.stderr
    probe = f"import {SMALL}, zi_tlog; print({SMALL}.__file__, zi_tlog.__file__)"
    printed = subprocess.run(
        [target / ".venv/bin/python", "-c", probe], capture_output=True, text=True, check=True
    )
    assert printed.stdout.count(str(target)) == 2
