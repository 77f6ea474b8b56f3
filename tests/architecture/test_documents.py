"""Links, files, commands, settings and metrics that the documents name exist."""

import re
import sys
import sysconfig
from contextlib import redirect_stdout
from functools import cache
from importlib.metadata import entry_points
from io import StringIO
from pathlib import Path

import pytest

from zi_chassis.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCRIPTS = Path(sysconfig.get_path("scripts"))


def mentions(pattern: str) -> list[tuple[Path, str]]:
    return [(path, found) for path in DOCUMENTS for found in re.findall(pattern, path.read_text())]


def test_every_link_leads_somewhere() -> None:
    links = mentions(r"\]\(([^)#\s]+)") + mentions(r'src="([^"]+)"')
    dead = [(p.name, link) for p, link in links if "://" not in link and not (p.parent / link).exists()]
    assert not dead


def test_every_file_that_is_named_exists() -> None:
    named = mentions(
        r"\b((?:services|chassis|contracts|rules|tlog|verify|deploy|tests|bench|docs)/[\w./-]*[\w/])"
    )
    missing = [(p.name, name) for p, name in named if not (ROOT / name).exists()]
    assert not missing


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([\w.][\w. -]*):", makefile, re.MULTILINE))
    known = {word for line in targets for word in line.split()}
    missing = [(p.name, t) for p, t in mentions(r"(?:`|^|\n)make ([\w.-]+)") if t not in known]
    assert not missing


@pytest.mark.parametrize(
    ("command", "options"),
    sorted(
        {
            tuple(found)
            for _, found in mentions(
                r"\b((?:zi-verify|zi-audit|zi-witness|zona(?! integritas)) [a-z][a-z-]*)((?: [^`\n|]*)?)"
            )
        }
    ),
)
def test_every_command_line_that_is_shown_is_understood(command: str, options: str) -> None:
    unknown = [o for o in re.findall(r"--[a-z-]+", options) if o not in help_of(command)]
    assert not unknown


@cache
def help_of(command: str) -> str:
    """Return what the program prints, which runs in this process."""
    program, verb = command.split()
    assert (SCRIPTS / program).exists()
    [script] = entry_points(group="console_scripts", name=program)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as out:
        patch.setattr(sys, "argv", [program, verb, "--help"])
        with pytest.raises(SystemExit) as end:
            script.load()()
    assert end.value.code == 0
    return out.getvalue()


def test_every_setting_that_is_named_is_read() -> None:
    compose = "".join(
        (ROOT / name).read_text() for name in ("docker-compose.yml", "deploy/cluster/compose.yml")
    )
    known = {f"ZI_{name.upper()}" for name in Settings.model_fields}
    unknown = [
        (p.name, s) for p, s in mentions(r"\b(ZI_[A-Z_]+[A-Z])\b") if s not in known and s not in compose
    ]
    assert not [u for u in unknown if not re.fullmatch(r"ZI_(SERVICE|INTAKE|NOTIFY|AUDIT|UMKM)", u[1])]


def test_every_metric_that_is_named_is_kept() -> None:
    environments = {".venv", ".venv-peers", ".venv-mining"}
    code = "".join(p.read_text() for p in ROOT.glob("*/**/*.py") if not environments & set(p.parts))
    assert not [(p.name, m) for p, m in mentions(r"`(zi_(?:inbox|outbox|log)_\w+)`") if f'"{m}"' not in code]
