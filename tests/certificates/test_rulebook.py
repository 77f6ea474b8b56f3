"""What the rules say of an application as the service has it."""

from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.certificates.inside import DEMO_RULES, EXPORT, OUTLINE, sample_item
from tests.certificates.officials import DAY, HOUR, MONDAY, NOTHING_KNOWN, evaluator, item, system
from tests.certificates.steps import MISSING, after, draft, submit
from tests.certificates.test_account import VERIFY, opened
from tests.certificates.test_account import after as account_after

from zi_certificates.domain.account import Account, Details
from zi_certificates.domain.application.commands import (
    AskData,
    RecordPayment,
    Take,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.statement import Document, Outline, StatedProduct, Statement
from zi_certificates.use_cases.rulebook import load_rulebook, published
from zi_contracts.certificates import PinnedRules
from zi_rules.certificate.reason import FindingReason
from zi_rules.version import NoVersionError

RULES = load_rulebook(DEMO_RULES)
PIN = PinnedRules(id="rancangan_surat_keterangan", version=1)
DETAILS = Details(acts_for_others=False, hs_codes=("21039012",), items=())


def account(*kinds: str, codes: tuple[str, ...] = ("21039012",)) -> Account:
    documents = tuple(Document(kind=kind, file=item(kind)) for kind in kinds)
    details = DETAILS.model_copy(update={"documents": documents, "hs_codes": codes})
    return account_after(opened(details), VERIFY)


def applied(outline: Outline = OUTLINE, batch: str = "B-001", kinds: tuple[str, ...] = ()) -> Application:
    product = StatedProduct.model_validate(sample_item(batch).model_dump() | {"number": 1})
    documents = tuple(Document(kind=kind, file=item(kind)) for kind in kinds)
    stated = Statement(**dict(outline), products=(product,), documents=documents)
    return after(draft().model_copy(update={"statement": stated}))


def submitted(state: Application) -> Application:
    return after(submit(rules=PIN), state=state)


def paid(state: Application) -> Application:
    pay = RecordPayment(
        by=system(), bill="820261207000001", payment="1", amount=150_000, paid_at=MONDAY, due=MONDAY + HOUR
    )
    return after(pay, state=submitted(state))


def needing_data(state: Application) -> Application:
    take = Take(by=evaluator(), known=NOTHING_KNOWN)
    ask = AskData(by=evaluator(), known=NOTHING_KNOWN, wanted=(MISSING,))
    return after(take, ask, state=paid(state))


def missing(state: Application, account: Account) -> set[tuple[str, ...]]:
    return {each.any_of for each in RULES.examination(state, account, MONDAY).missing}


def test_what_the_account_has_is_not_asked_for_again_and_what_it_lacks_is() -> None:
    assert ("nib",) in missing(applied(EXPORT), account())
    assert ("nib",) not in missing(applied(EXPORT), account("nib"))
    assert ("nib",) not in missing(applied(EXPORT, kinds=("nib",)), account())


def test_what_is_published_of_findings_holds_no_value_of_the_applicant() -> None:
    examined = RULES.examination(applied(), account(), MONDAY)
    assert "21039012" not in "".join(each.model_dump_json() for each in published(examined))


def test_completing_a_submission_is_judged_by_its_day_and_a_new_one_by_its_own() -> None:
    """The product expires while the office waits."""
    late = MONDAY + 700 * DAY

    def found(state: Application) -> set[FindingReason]:
        return {each.reason for each in RULES.examination(state, account(), late).findings}

    assert FindingReason.EXPIRED in found(applied())
    assert FindingReason.EXPIRED not in found(needing_data(applied()))


def test_rules_are_pinned_by_the_submission_and_must_not_be_lost() -> None:
    assert RULES.pin(submitted(applied()), MONDAY) == PIN
    lost = after(submit(rules=PinnedRules(id="lost", version=1)), state=applied())
    with pytest.raises(NoVersionError):
        RULES.of(lost, MONDAY)


def test_a_submission_pins_everything_that_it_is_judged_by() -> None:
    pin = RULES.pin(applied(), MONDAY)
    pins = (pin, pin.tariffs, pin.numbers, pin.calendar, pin.holidays, pin.reminders, pin.hs_codes)
    assert [each and each.id for each in pins] == [
        "rancangan_surat_keterangan",
        "demo_tariffs",
        "registration_numbers",
        "calendar",
        "indonesia",
        "certificate_reminders",
        "demo_hs_codes",
    ]
    assert pin.amendments is None
    other = ("units", "certificate_amendments")
    digests = {each.digest for each in RULES.configurations if each.kind not in other}
    assert {each and each.digest for each in pins} == digests


def test_an_application_keeps_tariffs_numbers_and_calendar_of_its_submission(tmp_path: Path) -> None:
    """The office doubles its tariffs, lets numbers be written otherwise and closes for a week: what was submitted is not touched."""
    pin = RULES.pin(applied(), MONDAY)
    contents = {(each.kind, each.id, each.version): each.content for each in RULES.configurations}
    tariffs = (DEMO_RULES / "certificate_tariffs.toml").read_text("utf-8")
    (tmp_path / "certificate_tariffs.toml").write_text(
        tariffs.replace("version = 1", "version = 2").replace("50_000", "100_000").replace("25_000", "50_000")
    )
    shape = '[[shape]]\nname = "x"\ncommodity = "obat"\npattern = "X"\nsource = "x"\nsource_status = "unverified"\n'
    (tmp_path / "registration_numbers.toml").write_text(f"version = 2\n{shape}")
    calendar = (files("zi_rules") / "data/demo/office/calendar.toml").read_text("utf-8")
    week = ", ".join(f'{{ on = {(MONDAY + n * DAY).date()}, reason = "Rapat" }}' for n in range(6))
    closed = calendar.replace("version = 1", "version = 2").replace(
        "closed_dates = []", f"closed_dates = [{week}]"
    )
    (tmp_path / "calendar.toml").write_text(closed)
    later = load_rulebook(tmp_path, lambda *named: contents.get(named))
    before, after_all = after(submit(rules=pin), state=applied()), applied()
    stated = before.statement
    assert stated is not None
    assert later.fee(stated, later.of(before, MONDAY)) * 2 == later.fee(stated, later.in_force(MONDAY))
    assert later.due(before, MONDAY) == RULES.due(before, MONDAY) < later.due(after_all, MONDAY)
    judged = [each.reason for each in later.examination(before, account(), MONDAY).findings]
    assert FindingReason.REGISTRATION_SHAPE_UNKNOWN not in judged
    now = [each.reason for each in later.examination(after_all, account(), MONDAY).findings]
    assert FindingReason.REGISTRATION_SHAPE_UNKNOWN in now
    old = after(submit(rules=PIN), state=applied())
    assert later.due(old, MONDAY) == later.due(after_all, MONDAY)  # pinned before digests were


def test_what_was_billed_before_tariffs_were_pinned_is_never_unpaid(tmp_path: Path) -> None:
    """Nobody knows its tariffs any more; its bill says what it costs as long as nothing is added."""
    tariffs = (DEMO_RULES / "certificate_tariffs.toml").read_text("utf-8")
    (tmp_path / "certificate_tariffs.toml").write_text(tariffs.replace("50_000", "75_000"))
    dearer = load_rulebook(tmp_path)
    state = after(submit(rules=PIN, amount=50_000), state=applied())

    def found(statement: Statement | None) -> set[FindingReason]:
        judged = replace(state, statement=statement)
        return {each.reason for each in dearer.examination(judged, account(), MONDAY).findings}

    stated = state.statement
    assert stated is not None
    assert FindingReason.UNPAID not in found(stated)
    more = stated.model_copy(update={"kinds": ("ski_border", "ski_post_border")})
    assert FindingReason.UNPAID in found(more)
    assert FindingReason.UNPAID not in found(stated.model_copy(update={"products": ()}))


def test_two_tariffs_for_a_letter_stop_the_start_and_no_applicant(tmp_path: Path) -> None:
    tariffs = (DEMO_RULES / "certificate_tariffs.toml").read_text("utf-8")
    body = tariffs[tariffs.index("[[tariffs]]") :]
    (tmp_path / "certificate_tariffs.toml").write_text(body + body)
    with pytest.raises(ValueError, match="only one tariff"):
        load_rulebook(tmp_path)


def test_an_account_of_a_series_needs_what_all_its_letters_need() -> None:
    def wanted(series: str, account: Account) -> set[str]:
        return {each.where for each in RULES.account_findings(series, account, MONDAY)}  # type: ignore[arg-type]

    assert "documents.identity_card" in wanted("ski", account())
    assert "documents.identity_card" not in wanted("ske", account())
    assert "documents.nib" in wanted("ske", account())
    assert "documents.pharmaceutical_licence" not in wanted("ske", account())
    others = account_after(opened(DETAILS.model_copy(update={"acts_for_others": True})))
    assert "documents.notarial_power" in wanted("ski", others)
    assert "hs_codes" in wanted("ski", account(codes=("2103",)))


@given(st.integers(0, 60 * 24 * 20))
def test_a_pause_never_brings_the_due_time_forward(minutes: int) -> None:
    state = needing_data(applied())
    assert state.due is not None
    assert RULES.due_after_pause(state, MONDAY + timedelta(minutes=minutes)) >= state.due
