"""Ids of applications, accounts, letters and registers follow from what they name."""

from datetime import UTC, datetime

from tests.certificates.officials import named

from zi_certificates.domain.ids import (
    account_id,
    application_id,
    exchange_id,
    import_id,
    letter_id,
    register_id,
    request_id_of,
    retention_id,
)
from zi_chassis.domain import Act

ANI = Act(at=datetime(2026, 3, 2, tzinfo=UTC), actor="evaluator-ani", role="staff:evaluator")
BUDI = ANI.model_copy(update={"actor": "evaluator-budi"})


def test_a_request_has_one_application_and_one_account_and_they_differ() -> None:
    case = named("case")
    assert application_id(case) == application_id(case) != account_id(case)
    assert application_id(case) != application_id(named("other"))


def test_what_belongs_to_an_account_or_an_application_is_found_by_it() -> None:
    account, application = account_id(named("case")), application_id(named("case"))
    assert (
        len({account, exchange_id(account), import_id(account, "INSW-1"), import_id(account, "INSW-2")}) == 4
    )
    assert retention_id(application) == retention_id(application) != application


def test_each_kind_and_revision_of_a_letter_has_an_id() -> None:
    application = application_id(named("case"))
    letters = {
        letter_id(application, kind, revision) for kind in ("ske_health", "ske_cpp") for revision in (1, 2)
    }
    assert len(letters) == 4


def test_a_register_is_found_by_office_series_and_year() -> None:
    assert register_id("tarakan", "ski", 2026) == register_id("tarakan", "ski", 2026)
    assert register_id("tarakan", "ski", 2026) != register_id("tarakan", "ske", 2026)
    assert register_id("tarakan", "ski", 2026) != register_id("tarakan", "ski", 2027)


def test_other_content_or_another_person_under_a_key_is_another_request() -> None:
    key = named("key")
    first = request_id_of(key, ANI, "pass", ["1"])
    assert first == request_id_of(key, ANI, "pass", ["1"])
    others = (
        request_id_of(key, ANI, "pass", ["2"]),
        request_id_of(key, BUDI, "pass", ["1"]),
        request_id_of(key, ANI, "reject", ["1"]),
    )
    assert first not in others


def test_without_a_key_nothing_is_recognised_as_a_repeat() -> None:
    assert request_id_of(None, ANI, "pass") is None
