"""The configurations that the log says the office decided by are printed and counted, never judged."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from hypothesis import given
from hypothesis import strategies as st
from tests.verify.kept_log import KeptLog, StoppedError, replayed
from tests.verify.sample_log import Sender

from zi_verify.configuration import AdoptedConfigurations, ConfigurationVersion, Use
from zi_verify.memory import Memory
from zi_verify.summary import summarised
from zi_verify.verdict import Included

INTAKE, UMKM = "/zi/office/intake", "/zi/office/umkm"
A, B = "a" * 64, "b" * 64


def adopt(
    to: AdoptedConfigurations,
    source: str,
    version: int = 1,
    digest: str = A,
    kind: str = "calendar",
    event: str = "configuration_adopted",
    since: str = "now",
) -> None:
    service = source.rpartition("/")[2]
    data = {"kind": kind, "id": "calendar", "version": version, "digest": digest, "since": since}
    to.take(source, f"zi.{service}.{event}", data)


def remarks_of(configurations: AdoptedConfigurations) -> list[str]:
    return [each.en for each in configurations.remarks()]


def test_a_log_that_says_nothing_of_it_has_no_remark() -> None:
    assert remarks_of(AdoptedConfigurations()) == []


def test_what_is_in_use_is_counted_by_sender_and_what_may_be_older_too() -> None:
    configurations = AdoptedConfigurations()
    adopt(configurations, INTAKE, since="unknown")
    adopt(configurations, INTAKE, kind="standard")
    adopt(configurations, UMKM)
    adopt(configurations, UMKM, kind="standard")
    adopt(configurations, UMKM, kind="standard", event="configuration_withdrawn")
    assert remarks_of(configurations) == [
        "The senders say what they decide by: intake 2, umkm 1 configurations in use, 4 recorded;"
        " 1 may have been in force before they were recorded."
    ]


def test_a_version_with_two_contents_at_one_sender_is_told() -> None:
    configurations = AdoptedConfigurations()
    adopt(configurations, INTAKE)
    adopt(configurations, INTAKE, digest=B)
    assert remarks_of(configurations)[1:] == [
        "intake recorded calendar calendar version 1 with two contents: it was changed under its version."
    ]


def test_a_version_that_means_something_else_at_another_sender_is_told() -> None:
    configurations = AdoptedConfigurations()
    adopt(configurations, INTAKE)
    adopt(configurations, UMKM, digest=B)
    assert remarks_of(configurations)[1:] == [
        "calendar calendar version 1 has not the same content at intake, umkm."
    ]


def test_a_sender_that_was_not_restarted_is_told_and_no_more_once_it_was() -> None:
    configurations = AdoptedConfigurations()
    adopt(configurations, INTAKE)
    adopt(configurations, UMKM)
    adopt(configurations, INTAKE, 2, B)
    adopt(configurations, INTAKE, event="configuration_withdrawn")
    assert remarks_of(configurations)[1:] == [
        "calendar calendar is used in different versions: intake 2, umkm 1."
    ]
    adopt(configurations, UMKM, 2, B)
    adopt(configurations, UMKM, event="configuration_withdrawn")
    assert remarks_of(configurations)[1:] == []


def test_what_is_odd_in_many_places_is_told_in_a_few_lines() -> None:
    configurations = AdoptedConfigurations()
    for number in range(30):
        adopt(configurations, INTAKE, kind=f"kind_{number:02}")
        adopt(configurations, UMKM, kind=f"kind_{number:02}", digest=B)
    assert len(remarks_of(configurations)) == 22
    assert remarks_of(configurations)[-1] == "And 10 of these more."


def test_what_is_said_in_indonesian_has_the_same_numbers() -> None:
    configurations = AdoptedConfigurations()
    adopt(configurations, INTAKE)
    adopt(configurations, INTAKE, digest=B)
    adopt(configurations, UMKM, digest=A)
    for each in configurations.remarks():
        assert [c for c in each.en if c.isdigit()] == [c for c in each.id if c.isdigit()]


def test_a_name_from_a_log_can_not_write_on_the_terminal() -> None:
    configurations = AdoptedConfigurations()
    configurations.take(
        INTAKE, "zi.intake.configuration_adopted", {"kind": "\x1b[2J", "id": "x", "version": 1, "digest": A}
    )
    configurations.take(
        INTAKE, "zi.intake.configuration_adopted", {"kind": "\x1b[2J", "id": "x", "version": 1, "digest": B}
    )
    assert "\x1b" not in "".join(remarks_of(configurations))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=6), part, max_size=3),
)
data = anything | st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["calendar", "standard", ""]) | anything,
        "id": st.sampled_from(["x", "y"]) | anything,
        "version": st.integers(-1, 3) | anything,
        "digest": st.sampled_from([A, B]) | anything,
        "since": st.sampled_from(["start", "now", "unknown"]) | anything,
    },
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([INTAKE, UMKM]),
            st.sampled_from(["configuration_adopted", "configuration_withdrawn"]),
            data,
        ),
        max_size=12,
    )
)
def test_whatever_an_entry_says_is_taken_and_kept_through_an_interruption(
    entries: list[tuple[str, str, Any]],
) -> None:
    whole, interrupted = AdoptedConfigurations(), AdoptedConfigurations()
    for source, event, content in entries:
        type_ = f"zi.{source.rpartition('/')[2]}.{event}"
        whole.take(source, type_, content)
        interrupted.take(source, type_, content)
        interrupted = AdoptedConfigurations.unpack(json.loads(json.dumps(interrupted.pack())))
    assert (interrupted.uses, interrupted.changed) == (whole.uses, whole.changed)
    assert remarks_of(interrupted) == remarks_of(whole)
    assert all(
        isinstance(key, ConfigurationVersion) and isinstance(use, Use)
        for key, use in interrupted.uses.items()
    )


def restarted(entries: int) -> list[bytes]:
    """Two senders begin with one calendar; intake is restarted with another one, and both go on."""
    senders = intake, umkm = Sender("/zi/contoh/intake"), Sender("/zi/contoh/umkm")

    def calendar(sender: Sender, event: str, version: int, digest: str) -> bytes:
        data = {"kind": "calendar", "id": "calendar", "version": version, "digest": digest}
        type_, since = f"zi.{sender.service}.configuration_{event}", "start" if version == 1 else "now"
        return sender.say(type_, uuid5(NAMESPACE_DNS, sender.service), **data, since=since)

    def cases() -> list[bytes]:
        return [
            sender.say(aggregate=uuid5(NAMESPACE_DNS, f"case of {sender.service}"))
            for _ in range(entries)
            for sender in senders
        ]

    log = [calendar(intake, "adopted", 1, A), calendar(umkm, "adopted", 1, A), *cases()]
    log += [calendar(intake, "adopted", 2, B), calendar(intake, "withdrawn", 1, A), *cases()]
    return log


def test_a_whole_log_tells_what_it_says_and_an_interrupted_reading_tells_the_same(tmp_path: Path) -> None:
    entries = restarted(200)
    wanted = [
        "The senders say what they decide by: intake 1, umkm 1 configurations in use, 3 recorded.",
        "calendar calendar is used in different versions: intake 2, umkm 1.",
    ]
    report = replayed(KeptLog(entries))
    assert report.verdict == Included()
    assert [each.en for each in report.remarks if "calendar" in each.en or "decide" in each.en] == wanted
    memory = Memory(tmp_path / "memory")
    with suppress(StoppedError):
        replayed(KeptLog(entries), memory, stop_at=512)
    again = replayed(KeptLog(entries), memory)
    assert [each.en for each in again.remarks if "calendar" in each.en or "decide" in each.en] == wanted
    memory.close()


def test_entries_of_this_kind_are_read_one_by_one() -> None:
    entries = restarted(20)
    assert summarised(0, entries[2:42], None) is not None
    assert summarised(0, entries[2:43], None) is None
