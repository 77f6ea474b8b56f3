"""Every section of docs/operations.md, each command in it, and the test that tries the command. A section or command without a row fails."""

import ast
import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
VERBS = "key|backup|restore|check|erasures|drill|upgrade|doctor|schedule|sender-key|shorten"
COMMAND = re.compile(
    rf"\b(zona (?:{VERBS})|zi-(?:audit|verify|witness) [a-z]+(?:-[a-z]+)*)\b"
    r"|`?(POST /\S+/(?:skip|acknowledge|continue))"
    r"|(python -m [\w.]+)"
    r"|(docker compose run --rm (?:keys|nats|reconcile|point-in-time [a-z]+))"
    r"|(docker compose (?:--profile [a-z]+|up))"
    r"|(make (?:up|\.env))\b"
)
CLI, DOCTOR, SCHEDULE, UPGRADE = (
    f"operations/test_{name}.py" for name in ("cli", "doctor", "schedule", "upgrade")
)
LIFE = f"{CLI}::test_the_life_of_a_backup"
AUDIT = "audit/test_cli.py"
WAYS_OUT = f"{AUDIT}::test_both_ways_out_are_commands_and_no_message_is_missing_after_them"
POINT_IN_TIME = (
    "deploy/test_point_in_time.py::test_a_lost_server_comes_back_at_its_last_commit_or_at_a_moment"
)
# The test that tries each command, wherever it is named.
TRIED: Mapping[str, str] = {
    "zona key": LIFE,
    "zona backup": LIFE,
    "zona restore": LIFE,
    "zona erasures": LIFE,
    "zona check": f"{CLI}::test_damage_is_found_with_the_way_out",
    "zona drill": f"{CLI}::test_a_drill_reports_and_leaves_nothing",
    "zona upgrade": f"{UPGRADE}::test_the_plan_is_told_and_the_upgrade_noted_after_a_backup",
    "zona doctor": f"{DOCTOR}::test_the_command_tells_people_and_programs",
    "zona schedule": f"{SCHEDULE}::test_the_newest_good_ones_stay_and_a_failure_removes_nothing",
    "zona sender-key": f"{CLI}::test_a_new_key_of_a_sender_takes_the_former_one_aside",
    "zona shorten": "operations/test_shorten.py::test_each_unmet_condition_refuses_with_its_own_status_and_then_the_beginning_goes",
    "zi-audit refill": WAYS_OUT,
    "zi-audit new-origin": WAYS_OUT,
    "zi-audit fsck": f"{AUDIT}::test_a_killed_writer_loses_nothing_and_logs_nothing_twice",
    "zi-audit rotate-key": f"{AUDIT}::test_a_key_is_replaced_by_two_commands",
    "zi-audit retire-key": f"{AUDIT}::test_a_key_is_replaced_by_two_commands",
    "zi-audit erasures": "audit/test_erasures.py::test_what_intake_said_is_told_and_what_another_said_in_its_name_is_not",
    "zi-audit reconcile": "journeys/test_faults.py::test_a_full_disk_is_told_and_leaves_nothing_half_done",
    "zi-verify log": "journeys/test_faults.py::test_a_forgery_stops_its_sender_until_two_people_have_looked_at_it",
    "zi-verify consistency": "verify/test_consistency.py::test_from_the_command_line",
    "zi-verify watch": "verify/test_watch.py::test_once_for_cron_says_nothing_when_all_is_well_and_a_line_for_each_alarm",
    "POST /<service>/api/lanes/<sender>/skip": (
        "journeys/test_faults.py::test_a_message_that_nobody_can_handle_blocks_its_lane_until_an_operator_skips_it"
    ),
    "POST /audit/api/anomalies/<index>/acknowledge": (
        "journeys/test_faults.py::test_a_forgery_stops_its_sender_until_two_people_have_looked_at_it"
    ),
    "POST /audit/api/senders/<service>/continue": (
        "journeys/test_faults.py::test_a_forgery_stops_its_sender_until_two_people_have_looked_at_it"
    ),
    "docker compose run --rm point-in-time aside": POINT_IN_TIME,
    "docker compose run --rm point-in-time restore": POINT_IN_TIME,
    "docker compose --profile archive": POINT_IN_TIME,
    "docker compose --profile backups": f"{SCHEDULE}::test_the_process_tells_readiness_and_numbers_and_ends",
    "docker compose --profile observe": "deploy/test_alarms.py::test_what_the_profile_mounts_is_there",
    "python -m zi_certificates.letters.preview": "certificates/test_letter_preview.py",
    "python -m bench.soak": "architecture/test_soak_parts.py",
    "python -m bench.alarm_faults": "deploy/test_alarms.py::test_every_alarm_is_caused_by_a_fault_or_has_a_reason_why_not",
    "make up": "journeys/test_faults.py::test_what_a_killed_runner_left_is_ended_by_the_next_one_and_nothing_outlives_sigterm",
}
# Commands of compose that only `make compose-test` runs, on a machine with a docker engine.
ON_AN_ENGINE = (
    "make .env",
    "docker compose up",
    "docker compose --profile tools",
    "docker compose run --rm reconcile",
    "docker compose run --rm keys",
    "docker compose run --rm nats",
)
# Sections that need no command, and the reason.
WITHOUT = {
    "TLS to NATS": "a setting",
    "Messages by telephone": "a file of the office under a higher version",
    "Notices to browsers": "a file of the office under a higher version",
    "Chats of officials": "a file of the office under a higher version, and the key of a bot",
    "Other systems that are told": "a file of the office, and a switch of a channel as for telephones",
    "A foreign message": "everything goes on by itself; what was found is in the ledger",
    "References of persons": "a setting and a decision of the head",
    "Disk of the ledger": "nothing is ever deleted by hand",
    "What was not tried": "a list",
}


@cache
def sections() -> dict[str, str]:
    parts = re.split(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def commands(text: str) -> set[str]:
    return {next(filter(None, found)) for found in COMMAND.findall(text.replace("`)", ""))}


@cache
def functions(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "name"))


@pytest.mark.parametrize("section", sections())
def test_every_section_has_a_command_or_a_reason_to_have_none(section: str) -> None:
    assert bool(commands(sections()[section])) != (section in WITHOUT)


def test_every_command_is_tried_by_a_test() -> None:
    named = set().union(*map(commands, sections().values()))
    assert named - TRIED.keys() - set(ON_AN_ENGINE) == set()
    assert (TRIED.keys() | set(ON_AN_ENGINE)) - named == set(), "the page does not name it any more"


@pytest.mark.parametrize("command", TRIED)
def test_the_test_is_there(command: str) -> None:
    name, _, test = TRIED[command].partition("::")
    path = ROOT / "tests" / name
    assert path.exists()
    assert not test or test in functions(path)


def test_what_only_an_engine_tries_is_called_so() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in ON_AN_ENGINE:
        assert command in makefile or command.rpartition(" ")[2] in (ROOT / "docker-compose.yml").read_text()


def test_every_row_of_the_alarms_and_of_a_stopped_ledger_says_what_to_do() -> None:
    tables = [line for line in PAGE.splitlines() if line.startswith("|") and line.count("|") >= 3]
    alarms = [line for line in tables if re.match(r"\| `?(zi_|/ready)", line)]
    reasons = [
        line for line in tables if re.match(r"\| `(regression|damaged|second|key_ch|unconf|contra)", line)
    ]
    assert len(alarms) > 12
    assert len(reasons) == 6
    for line in (*alarms, *reasons):
        assert len(line.rstrip("| ").rpartition("|")[2].strip()) > 8, line


CURL = """#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --output) file=$2; shift;; --fail) fails=1;; esac
  shift
done
test -z "$REFUSED" || { test -n "$fails" || echo problem > "${file:-/dev/stdout}"; exit ${fails:+22}; }
echo quorum none > "${file:-/dev/stdout}"
"""
DOCKER = """#!/bin/sh
for script; do :; done
exec sh -c "$(printf %s "$script" | sed "s:/var/lib/zona/witness:$WITNESS:g")"
"""


@pytest.mark.parametrize(("refused", "policy"), [("1", "the good one\n"), ("", "quorum none\n")])
def test_a_policy_that_cannot_be_fetched_takes_no_good_ones_place(
    tmp_path: Path, refused: str, policy: str
) -> None:
    [command] = re.findall(r"curl [^\n`]*witness-policy(?:\\\n|[^\n`])*", PAGE)
    logs = tmp_path / "witness" / "logs"
    logs.mkdir(parents=True)
    (logs / "house").write_text("the good one\n")
    for name, script in (("curl", CURL), ("docker", DOCKER)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "WITNESS": str(logs.parent),
        "REFUSED": refused,
    }
    ran = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True)
    assert (ran.returncode == 0) == (not refused)
    assert {path.name: path.read_text() for path in logs.iterdir()} == {"house": policy}
