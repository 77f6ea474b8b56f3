"""`make bundle`: a folder from which an office without internet installs Zona: sources, packages, images, checksums, bill of materials.

Packages are the files that the locks name, byte for byte, so pip compares them with the locks again where they are installed. The digest of
SHA256SUMS is printed: who installs compares it with one that came by another way, for example by telephone.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence, Set
from hashlib import sha256
from pathlib import Path

import yaml
from deploy.sbom import bill

ROOT = Path(__file__).resolve().parents[1]
SUMS = "SHA256SUMS"
LOCKS = ("requirements-build.lock", "requirements.lock")
# Profiles whose images an office may do without; those of others must be there.
OPTIONAL = frozenset({"demo", "observe"})
IMAGES = "deploy/images.env"
COMPOSE = ("docker", "compose", "--env-file", IMAGES)


class BundleError(Exception):
    """No bundle was made; the text says why."""


def made(target: Path, optional: Set[str] | None) -> Path:
    """Return the folder of the bundle, which gets its name once all is in it; no images go into it where no profile is optional (None)."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    if _run("git", "status", "--porcelain", "--untracked-files=no"):
        raise BundleError("There are changes that are not committed; a bundle is made of what is committed.")
    folder = target / f"zona-{version}-{_run('git', 'rev-parse', '--short=12', 'HEAD').strip()}"
    if folder.exists():
        raise BundleError(f"{folder} is there already.")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _run("git", "archive", "--format=tar", f"--output={unfinished / 'source.tar'}", "HEAD")
    for lock in LOCKS:
        download(ROOT / lock, unfinished / "packages")
    if optional is not None:
        save_images(unfinished, optional)
    (unfinished / "sbom.json").write_text(json.dumps(bill(), indent=1) + "\n")
    for source, name in (("deploy/install-bundle", "install"), ("docs/install.md", "install.md")):
        shutil.copy(ROOT / source, unfinished / name)
    write_sums(unfinished)
    unfinished.rename(folder)
    return folder


def download(lock: Path, packages: Path) -> None:
    """Fetch the files that a lock names for this machine's Python and kind of processor."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    command += ["--no-deps", "--no-build-isolation", "--require-hashes", "--dest", str(packages)]
    _run(*command, "--requirement", str(lock))


def save_images(folder: Path, optional: Set[str]) -> None:
    """Save all in one file, in which a layer that several share is once, and their names as compose is to know them there: by tag alone.

    An image that is saved by its digest has no name where it is loaded; what holds it to its bytes there is SHA256SUMS.
    """
    services = yaml.safe_load(_run(*COMPOSE, "--profile", "*", "config", env=_ANY))["services"]
    _run(*COMPOSE, *_profiles(services), "build", "--quiet", env=_ANY)
    wanted = {service["image"]: set(service.get("profiles", ())) for service in services.values()}
    for service in services.values():
        wanted[service["image"]] &= set(service.get("profiles", ()))
    there = [image for image in sorted(wanted) if _is_here(image)]
    missing = {image: profiles for image, profiles in wanted.items() if image not in there}
    needed = sorted(image for image, profiles in missing.items() if not profiles & optional)
    if needed:
        raise BundleError(
            f"These images are not on this machine; docker pull brings them: {', '.join(needed)}"
        )
    if missing:
        print(
            f"Left out, because this machine does not have them: {', '.join(sorted(missing))}",
            file=sys.stderr,
        )
    for image in there:
        if image != tagged(image):
            _run("docker", "tag", image, tagged(image))
    _run("docker", "save", "--output", str(folder / "images.tar"), *sorted(set(map(tagged, there))))
    lines = (ROOT / IMAGES).read_text().splitlines()
    names = [tagged(line) for line in lines if line.startswith("ZI_IMAGE_")]
    (folder / "images.env").write_text("\n".join([*names, ""]))


def tagged(image: str) -> str:
    """Return the name of an image without its digest."""
    return image.partition("@")[0]


def write_sums(folder: Path) -> None:
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest(folder / name)}  {name}\n" for name in files if name != SUMS]
    (folder / SUMS).write_text("".join(lines))


def digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(2**20):
            found.update(piece)
    return found.hexdigest()


# Only names of images are read, so compose gets a value for each password that it wants.
_ANY = {
    name: "x"
    for line in (ROOT / "deploy" / "compose-env").read_text().splitlines()
    if (name := line.partition("=")[0]).startswith(("ZI_DB_", "KEYCLOAK_ADMIN"))
}


def _profiles(services: dict[str, dict[str, list[str]]]) -> list[str]:
    named = {profile for service in services.values() for profile in service.get("profiles", ())}
    return [word for profile in sorted(named - {"keycloak", "observe"}) for word in ("--profile", profile)]


def _is_here(image: str) -> bool:
    command = ["docker", "image", "inspect", image]
    return (
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


def _run(*command: str, env: dict[str, str] | None = None) -> str:
    """Raises BundleError, with what the program printed."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | (env or {}), capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise BundleError(f"{command[0]} is not on this machine.") from error
    if done.returncode:
        raise BundleError(f"{' '.join(command[:4])} ...: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Make the folder from which an office without internet installs Zona."
    )
    parser.add_argument("target", type=Path)
    parser.add_argument(
        "--without-images", action="store_true", help="for the embedded way alone; needs no docker"
    )
    parser.add_argument(
        "--without-keycloak", action="store_true", help="for an office with an identity provider of its own"
    )
    options = parser.parse_args(arguments)
    optional = OPTIONAL | {"keycloak"} if options.without_keycloak else OPTIONAL
    try:
        folder = made(options.target.absolute(), None if options.without_images else optional)
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{folder}\nTell whoever installs it, by another way than the bundle itself:\n  sh install {digest(folder / SUMS)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
