"""Standards that the office adopted: read from a message, in force before those of files, and as they were known at any moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests import adopted

from zi_contracts.integrity import StandardAdopted
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.decree import Standards
from zi_rules.provenance import SourceStatus
from zi_rules.standard import NoStandardError, ServiceStandard, load_standards, no_standards, standard_content
from zi_rules.version import NoVersionError

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = NOW.date()
DECREE = adopted.complaint(7)


@dataclass
class Content:
    table: dict[str, Any]
    number: str | None = "SP-2026-000001"
    adopted_at: datetime = NOW
    ended_at: datetime | None = None

    @property
    def id(self) -> str:
        return str(self.table["decree_id"])

    @property
    def version(self) -> int:
        return int(self.table["version"])

    @property
    def content(self) -> bytes:
        return standard_content(self.table)


def standards(*contents: Content) -> Standards:
    known = Standards(load_standards())
    known.take(contents)
    return known


def test_without_a_decree_the_file_is_in_force() -> None:
    known = standards()
    assert known.in_force("complaint", TODAY).version == 1
    assert known.decree_in_force("complaint", TODAY) is None
    assert known.decree_of(known.in_force("complaint", TODAY)) is None
    assert {each.id for each in known.configurations} == {
        *("rancangan-pengaduan", "rancangan-konsultasi", "rancangan-informasi-publik")
    }


def test_a_decree_comes_before_every_file_from_its_first_day_to_its_last() -> None:
    first, last = date(2020, 1, 1), TODAY  # older than the file: it is the office's decree all the same
    known = standards(Content(adopted.complaint(7, effective_from=first, effective_to=last)))
    assert known.in_force("complaint", TODAY).version == 2
    assert known.in_force("complaint", TODAY + timedelta(days=1)).version == 1
    assert known.in_force("consultation", TODAY).version == 1
    coming = standards(Content(adopted.complaint(7, effective_from=TODAY + timedelta(days=1))))
    assert coming.in_force("complaint", TODAY).version == 1
    assert coming.in_force("complaint", TODAY + timedelta(days=1)).version == 2


def test_of_several_decrees_the_newest_that_has_taken_effect_holds_and_of_one_day_the_one_adopted_last() -> (
    None
):
    later = Content(adopted.complaint(8, version=3, effective_from=date(2026, 2, 1)))
    same_day = Content(adopted.complaint(9, version=4))
    assert standards(Content(DECREE), later, same_day).in_force("complaint", TODAY).version == 3
    assert standards(Content(DECREE), same_day).in_force("complaint", TODAY).version == 4


def test_a_decree_that_ended_is_not_in_force_and_is_still_known_by_its_number() -> None:
    known = standards(Content(DECREE, ended_at=NOW))
    assert known.in_force("complaint", TODAY).version == 1
    found = known.decree_of(ServiceStandard.model_validate(DECREE | {"id": "rancangan-pengaduan"}))
    assert found is not None
    assert found.number == "SP-2026-000001"


def test_a_version_that_a_decree_took_back_is_not_used_from_a_file_either() -> None:
    known = standards(Content(adopted.shipped("complaint"), ended_at=NOW))
    with pytest.raises(NoStandardError):
        known.in_force("complaint", TODAY)
    assert known.in_force("consultation", TODAY).version == 1


def test_a_moment_of_the_past_has_the_decree_that_was_known_then() -> None:
    hour = timedelta(hours=1)
    known = standards(Content(DECREE, ended_at=NOW + hour))
    moments = (NOW - hour, NOW, NOW + hour / 2, NOW + hour)
    found = [known.decree_in_force("complaint", TODAY, at) for at in moments]
    assert [each is not None for each in found] == [False, True, True, False]
    lasting = standards(Content(DECREE))
    assert lasting.decree_in_force("complaint", TODAY, NOW - hour) is None
    assert lasting.decree_in_force("complaint", TODAY, NOW + 99 * hour) is not None


def test_each_change_of_the_decrees_is_a_revision() -> None:
    known = standards()
    before = known.revision
    known.take([Content(DECREE)])
    assert known.revision == before + 1


def test_a_service_without_files_has_what_was_adopted_and_recalls_what_it_kept() -> None:
    contents = {("standard", "standar-ski", 1): standard_content(adopted.letters("ski"))}
    known = Standards(no_standards(lambda *key: contents.get(key)))
    assert known.configurations == ()
    pin = ServiceStandard.model_validate(adopted.letters("ski") | {"id": "standar-ski"})
    assert known.pinned(pin.model_copy(update={"digest": None})).service == "ski"
    with pytest.raises(NoVersionError):
        known.pinned(pin.model_copy(update={"version": 2}))


def message(table: dict[str, Any], **changes: Any) -> StandardAdopted:
    return StandardAdopted.model_validate(adopted.adoption(table, **changes))


def test_a_message_is_read_as_the_configuration_that_it_announces() -> None:
    read = standards().read(message(DECREE))
    assert (read.kind, read.id, read.version) == ("standard", "rancangan-pengaduan", 2)
    assert read.digest == message(DECREE).digest
    assert read.source_status is SourceStatus.UNVERIFIED
    assert read.effective_from == adopted.FROM


def test_the_digest_is_checked_before_the_content_is_read() -> None:
    with pytest.raises(UnusableConfigurationError, match=r"version 2 has not the content of its digest 0000"):
        standards().read(message(DECREE, digest="0" * 64))


@pytest.mark.parametrize(
    "changes",
    [
        {"service": "consultation"},
        {"id": "another"},
        {"version": 3},
        {"effective_from": date(2026, 9, 1)},
        {"effective_to": date(2026, 9, 1)},
    ],
)
def test_a_message_and_its_content_say_the_same(changes: dict[str, Any]) -> None:
    with pytest.raises(UnusableConfigurationError, match="is named"):
        standards().read(message(DECREE, **changes))


def test_a_decree_that_does_not_fit_is_neither_read_nor_taken_and_one_that_ended_may_stay() -> None:
    def refuse(standard: ServiceStandard) -> None:
        raise NoStandardError("There is no kind of that name.")

    known, why = Standards(load_standards(), refuse), r"can't be decided by here\. There is no kind"
    with pytest.raises(UnusableConfigurationError, match=why):
        known.read(message(DECREE))
    with pytest.raises(UnusableConfigurationError, match=f"rancangan-pengaduan version 2 {why}"):
        known.take([Content(DECREE)])
    assert known.revision == 0
    known.take([Content(DECREE, ended_at=NOW)])
    assert known.in_force("complaint", TODAY).version == 1


def test_every_document_that_a_decree_asked_for_stays_known() -> None:
    invoice = {"any_of": {"invoice": adopted.TEXT}, **adopted.SOURCED}
    either = {"any_of": {"coa": adopted.TEXT, "lab_report": adopted.TEXT}, **adopted.SOURCED}
    letters = adopted.letters("ski", documents={"ski_border": [invoice, either]})
    known = standards(Content(letters, ended_at=NOW))
    assert known.documents() == {"invoice", "coa", "lab_report"}
    assert standards().documents() == frozenset()
