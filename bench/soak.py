"""Changes the aggregates, the rules and the log one small thing at a time (mutmut) and lists the changes that no pure test
notices, judges a hundred thousand houses of certificates, changes evidence a thousand times, feeds every reader of strangers' bytes for minutes, cuts the power of the ledger two thousand times and kills its writer two
hundred times and notify fifty times with a thousand notices due, and lets an adversary guess whose survey answers are whose, searches for what a thousand people wrote, and lets promtool judge every alarm; writes bench/soak.json and ends within the hour, with bench.million before it. Parts can be named:
`python -m bench.soak tlog kills`.
mutmut changes functions and methods, not what is decorated (properties, validators) nor what a module says outside of functions.
"""

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

from bench import (
    alarms,
    backup,
    contributions,
    cuts,
    evidence,
    fuzz,
    houses,
    kills,
    long_tests,
    notify_kills,
    queue_year,
    strangers,
    unlinkability,
)

LIMIT_SECONDS = (
    1_400  # for the changes; what is left of the hour is for a million entries, houses, cuts and kills
)
ROOT = Path(__file__).parents[1]
STAGES = ROOT / "mutants"
RESULTS = ROOT / "bench/soak.json"
REMARKS = ROOT / "bench/survivors.toml"


@dataclass(frozen=True)
class Part:
    """The files of a package that are mutated, and the pure tests that should notice."""

    package: str
    changed: tuple[str, ...]
    tests: tuple[str, ...]


class Figures(Protocol):
    """A part that is no change of code."""

    def measured(self) -> dict[str, Any]: ...

    def row(self, result: dict[str, Any], /) -> str: ...


OTHERS: dict[str, Figures] = {
    "long-tests": long_tests,
    "certificates": houses,
    "queue-year": queue_year,
    "strangers": strangers,
    "fuzz": fuzz,
    "evidence": evidence,
    "cuts": cuts,
    "kills": kills,
    "notify-kills": notify_kills,
    "unlinkability": unlinkability,
    "contributions": contributions,
    "alarms": alarms,
    "backup": backup,
}


def _modules(names: str) -> tuple[str, ...]:
    return tuple(f"{name}.py" for name in names.split())


def _tests(service: str, names: str) -> tuple[str, ...]:
    return tuple(f"tests/{service}/test_{name}.py" for name in names.split())


PARTS = {
    "rules": Part("rules/zi_rules", ("*.py",), ("tests/rules",)),
    "intake": Part(
        "services/intake/zi_intake",
        ("domain/case/*.py",),
        ("tests/intake/test_case.py", "tests/intake/acts.py"),
    ),
    "notify": Part(
        "services/notify/zi_notify",
        ("domain/*.py",),
        _tests("notify/domain", "delivery gateway_delivery recipient channel_switch"),
    ),
    "certificates-deciders": Part(
        "services/certificates/zi_certificates",
        _modules("domain/account domain/application/* domain/appointment domain/impartiality domain/issuing")
        + _modules("domain/register domain/standing"),
        (
            *_tests("certificates", "account application appointment impartiality issuing register"),
            *(f"tests/certificates/{name}.py" for name in ("officials", "steps")),
        ),
    ),
    "umkm": Part(
        "services/umkm/zi_umkm",
        (
            "domain/case/*.py",
            *_modules(
                "domain/business domain/corrective_action domain/rule_evaluation domain/training domain/visit"
            ),
        ),
        (
            *_tests("umkm/domain", "case corrective_action rule_evaluation training visit"),
            *("tests/umkm/steps.py", "tests/rules/mentoring/forms.py"),
        ),
    ),
    "integrity": Part(
        "services/integrity/zi_integrity", ("domain/*.py", "domain/*/*.py"), ("tests/integrity/domain",)
    ),
    "audit": Part(
        "services/audit/zi_audit",
        _modules("domain/anomaly domain/chain domain/access domain/rotation domain/timeline"),
        (*_tests("audit", "anomaly chain access rotation timeline"), "tests/audit/log_home.py"),
    ),
    "chassis": Part("chassis/zi_chassis", ("bus/lanes.py",), ("tests/chassis/test_lanes.py",)),
    "witness": Part(
        "witness/zi_witness",
        ("rule.py",),
        ("tests/witness/test_rule.py", "tests/witness/log.py", "tests/tlog/naive_tree.py"),
    ),
    "tlog": Part("tlog/zi_tlog", ("*.py",), ("tests/tlog",)),
}

# No test reaches `case _: assert_never(...)`, by the type checker's word. Only what takes milliseconds is run.
SETTINGS = """
[tool.pytest.ini_options]
addopts = "--import-mode=importlib -q -p no:cacheprovider"
pythonpath = ["."]

[tool.mutmut]
source_paths = ["{source}"]
only_mutate = [{changed}]
do_not_mutate_patterns = ["case _:", "assert_never"]
also_copy = ["conftest.py"]
pytest_add_cli_args_test_selection = ["tests"]
pytest_add_cli_args = ["-k", "not script_in_the_readme"]
use_git_change_detection = false
"""
PROFILE = """
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "soak",
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("soak")
"""


def main(names: list[str]) -> int:
    known = [*PARTS, *OTHERS]
    if unknown := set(names) - set(known):
        print(f"There is no part {', '.join(unknown)}: name some of {', '.join(known)}.", file=sys.stderr)
        return 1
    started = time.monotonic()
    for name in names or known:
        if name in OTHERS:
            result = OTHERS[name].measured()
            print(OTHERS[name].row(result), flush=True)
        else:
            left = LIMIT_SECONDS - (time.monotonic() - started)
            result = measured(PARTS[name], STAGES / name, left)
            print(row(name, result), flush=True)
        keep(known, name, result)
    print(f"{time.monotonic() - started:.0f} s; the survivors are in {RESULTS.relative_to(ROOT)}.")
    return 0


def keep(known: list[str], name: str, result: dict[str, Any]) -> None:
    """Beside what the other parts found last."""
    stored = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results = {each: (stored | {name: result})[each] for each in known if each in {*stored, name}}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")


def measured(part: Part, stage: Path, seconds: float) -> dict[str, Any]:
    started = time.monotonic()
    lay_out(part, stage)
    run_mutmut(stage, seconds)
    outcomes = dict(found(part, stage))
    counts = Counter(status for status, _ in outcomes.values())
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "mutants": len(outcomes),
        **{status: counts[status] for status in ("killed", "survived", "timed_out", "not_run")},
        "survivors": list(survivors(part, stage, outcomes)),
    }


def lay_out(part: Part, stage: Path) -> None:
    """The package beside its tests, as mutmut wants it; all other packages stay the installed ones."""
    shutil.rmtree(stage, ignore_errors=True)
    source = Path(part.package).name
    ignore = shutil.ignore_patterns("__pycache__", "conftest.py")
    shutil.copytree(ROOT / part.package, stage / source, ignore=ignore)
    for test in part.tests:
        (stage / test).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copy if (ROOT / test).is_file() else lambda a, b: shutil.copytree(a, b, ignore=ignore)
        copy(ROOT / test, stage / test)
    (stage / "conftest.py").write_text(PROFILE)
    changed = ", ".join(f'"{source}/{name}"' for name in part.changed)
    (stage / "pyproject.toml").write_text(SETTINGS.format(source=source, changed=changed))


def run_mutmut(stage: Path, seconds: float) -> None:
    """Run mutmut for some seconds; mutants without a result by then are listed as not run."""
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "mutmut", "run"]
    with (stage / "log.txt").open("wb") as log:
        run = subprocess.Popen(
            command, cwd=stage, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            ended = run.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            ended = 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
    if ended:
        raise SystemExit(f"mutmut stopped early: read {stage.relative_to(ROOT)}/log.txt.")


def found(part: Part, stage: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Of every mutant: how it ended, and the file that it is in."""
    for meta in sorted((stage / "mutants").rglob("*.py.meta")):
        file = str(meta.relative_to(stage / "mutants")).removesuffix(".meta")
        for mutant, code in json.loads(meta.read_text())["exit_code_by_key"].items():
            yield mutant, (verdict(status_by_exit_code[code]), file)


def verdict(status: str) -> str:
    named = {"killed": "killed", "timeout": "timed_out", "segfault": "timed_out", "not checked": "not_run"}
    return named.get(status, "survived")


def survivors(
    part: Part, stage: Path, outcomes: dict[str, tuple[str, str]]
) -> Iterator[dict[str, str | int]]:
    remarks = known_remarks()
    for mutant, (status, file) in outcomes.items():
        if status == "survived":
            path = f"{Path(part.package).parent}/{file}"
            with contextlib.chdir(stage):
                offset, removed, added = change(get_diff_for_mutant(mutant, path=file))
            survivor: dict[str, str | int] = {
                "file": path,
                "line": first_line(stage / file, mutant) + offset,
                "change": f"{removed} -> {added}",
            }
            remark = remarks.get((path, added)) or remarks.get((path, removed))
            yield survivor | ({"remark": remark} if remark else {})


def change(diff: str) -> tuple[int, str, str]:
    """The offset of the change in its function, the lines that were there and the lines that came."""
    _, _, hunk, *lines = diff.splitlines()
    start = int(re.findall(r"\d+", hunk)[0])
    before = next(n for n, line in enumerate(lines) if line[:1] in "+-")
    removed, added = (" ".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
    return start - 1 + before, removed, added


def first_line(path: Path, mutant: str) -> int:
    """Find the first line of a mutant's function: zi_x.y.x_f__mutmut_1, or zi_x.y.xǁClassǁf__mutmut_1 for a method."""
    scope, _, name = mutant.rpartition(".")[2].partition("__mutmut_")[0].rpartition("ǁ")
    tree: ast.Module | ast.ClassDef = ast.parse(path.read_text("utf-8"))
    if scope:
        tree = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == scope[2:])
    wanted = name if scope else name.removeprefix("x_")
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == wanted)
    return function.lineno - len(function.decorator_list)


def known_remarks() -> dict[tuple[str, str], str]:
    """By file and by the line as it was changed, or, where any change of a line is meant, as it is."""
    table = tomllib.loads(REMARKS.read_text("utf-8")) if REMARKS.exists() else {}
    return {(entry["file"], entry["line"]): entry["remark"] for entry in table.get("survivor", [])}


def row(name: str, result: dict[str, Any]) -> str:
    counts = " ".join(
        f"{result[key]:5} {key.replace('_', ' ')}"
        for key in ("mutants", "killed", "survived", "timed_out", "not_run")
    )
    lines = [f"{name:22} {counts} {result['seconds']:5} s"]
    for survivor in result["survivors"]:
        lines.append(
            f"  {survivor['file']}:{survivor['line']}  {survivor['change']}  {survivor.get('remark', '')}".rstrip()
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
