"""Every image of others has its row in one list, with the tag that compose and the recipe take without it."""

import re
import subprocess
from pathlib import Path

import yaml

LIST = Path("deploy/images.env")
COMPOSE = Path("docker-compose.yml").read_text()
RECIPE = Path("deploy/Dockerfile").read_text()
OURS = "zona-"
ROW = re.compile(r"(ZI_IMAGE_[A-Z]+)=([a-z0-9./-]+:[A-Za-z0-9.-]+)(@sha256:[0-9a-f]{64})?")
TAKEN = re.compile(r"\$\{(ZI_IMAGE_[A-Z]+):-([^}]+)\}")


def rows() -> dict[str, str]:
    """By variable, the tag."""
    found = [ROW.fullmatch(line) for line in LIST.read_text().splitlines() if not line.startswith("#")]
    assert all(found), "a row is no variable with an image, its tag, and a whole digest or none"
    return {row[1]: row[2] for row in found if row}


def test_each_image_of_others_has_its_row_and_each_row_its_image() -> None:
    images = [service["image"] for service in yaml.safe_load(COMPOSE)["services"].values()]
    assert all(image.startswith(OURS) or TAKEN.fullmatch(image) for image in images)
    assert dict(TAKEN.findall(COMPOSE)) == rows()


def test_the_recipe_builds_on_the_listed_image_alone() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\w+)", RECIPE, re.MULTILINE))
    bases = set(re.findall(r"^FROM (\S+)", RECIPE, re.MULTILINE)) - stages
    assert bases == {"${PYTHON_IMAGE}"}
    assert re.search(r"^ARG PYTHON_IMAGE=(\S+)", RECIPE, re.MULTILINE)[1] == rows()["ZI_IMAGE_PYTHON"]  # type: ignore[index]
    builds = [
        service["build"] for service in yaml.safe_load(COMPOSE)["services"].values() if "build" in service
    ]
    assert all(TAKEN.fullmatch(build["args"]["PYTHON_IMAGE"]) for build in builds)


def stages() -> dict[str, tuple[str, str]]:
    """By name, what a stage begins with and what it does."""
    found = re.split(r"^FROM (\S+) AS (\w+)\n", RECIPE, flags=re.MULTILINE)[1:]
    return {
        name: (base, steps) for base, name, steps in zip(found[::3], found[1::3], found[2::3], strict=True)
    }


def test_what_the_locks_install_is_one_layer_that_every_image_has() -> None:
    """Each had its own copy of 297 MB: whatever differs between two images comes after the shared layer, and never brings it again."""
    built = stages()
    targets = {
        service["build"].get("target")
        for service in yaml.safe_load(COMPOSE)["services"].values()
        if "build" in service
    }
    assert {built[target][0] for target in targets} == {"house"}
    bringing = [name for name, (_, steps) in built.items() if "/opt/zona /opt/zona" in steps]
    assert bringing == ["house"]
    assert built["house"][0] == "ground"
    assert "ARG" not in built["house"][1] + built["ground"][1]
    installing = [name for name, (_, steps) in built.items() if "-r requirements.lock" in steps]
    assert installing == ["dependencies"]
    for target in targets:
        assert re.findall(r"COPY --from=(\w+) (\S+) (\S+)", built[target][1])[0][1:] == (
            "/opt/house",
            "/opt/house",
        )


def test_packages_of_this_house_lie_beside_the_environment_and_are_found() -> None:
    built = stages()
    for name, (base, steps) in built.items():
        if "--no-build-isolation ./" in steps.replace("--target /opt/house ", "").replace("\\\n      ", ""):
            assert base == "dependencies", name
            assert "--target /opt/house" in steps, name
    assert "echo /opt/house >" in built["environment"][1]
    assert "ENV PATH=/opt/house/bin:/opt/zona/bin:" in built["ground"][1]


def test_pinning_writes_the_digest_that_the_registry_names_or_nothing(tmp_path: Path) -> None:
    """With a docker that answers as the real one does."""
    (tmp_path / "images.env").write_text(LIST.read_text())
    (tmp_path / "pin-images").write_text(Path("deploy/pin-images").read_text())
    docker = tmp_path / "docker"
    docker.write_text(
        '#!/bin/sh\nfor last; do :; done\ncase $last in *@*) exit 1 ;; esac\necho "sha256:'
        + "ab" * 32
        + '"\n'
    )
    docker.chmod(0o755)
    for _ in range(2):
        subprocess.run(
            ["sh", "pin-images"], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True
        )
    written = (tmp_path / "images.env").read_text()
    assert written.count("@sha256:" + "ab" * 32) == len(rows())
    assert all(ROW.fullmatch(line) for line in written.splitlines() if not line.startswith("#"))
    docker.write_text("#!/bin/sh\nexit 1\n")
    failed = subprocess.run(
        ["sh", "pin-images"], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False
    )
    assert failed.returncode != 0
    assert (tmp_path / "images.env").read_text() == written


def test_a_demo_is_asked_for_by_name() -> None:
    """The secrets that are made once make no demo, and no program of one is told that it is in one without its own file."""
    made = subprocess.run(["sh", "deploy/compose-env"], capture_output=True, text=True, check=True).stdout
    assert "ZI_DEMO=0" in made.splitlines()
    assert "ZI_BILLING" not in made
    values = [
        service.get("environment", {}).get("ZI_DEMO")
        for service in yaml.safe_load(COMPOSE)["services"].values()
    ]
    assert set(values) <= {None, "${ZI_DEMO:-0}"}
    assert "ZI_DEMO=1" in Path("deploy/demo/compose.env").read_text().splitlines()


def test_what_the_recipe_copies_is_let_into_the_build() -> None:
    """The list of what is left out begins with everything."""
    let_in = {line[1:] for line in Path(".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", RECIPE, re.MULTILINE)
        for source in line.split()
    }
    assert copied
    left_out = {
        source
        for source in copied
        if not any(f"{source}/".startswith(f"{each}/") for each in let_in) and Path(source).exists()
    }
    assert left_out == set()
