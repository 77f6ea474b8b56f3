"""What the rules say of an application as the service has it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.certificates.inside import DEMO_RULES, EXPORT, OUTLINE, sample_item
from tests.certificates.officials import DAY, HOUR, MONDAY, NOTHING_KNOWN, applicant, evaluator, item
from tests.certificates.steps import MISSING, after, draft, submit
from tests.certificates.test_account import VERIFY, opened
from tests.certificates.test_account import after as account_after

from zi_certificates import application as steps
from zi_certificates.account import Account, Details
from zi_certificates.application import Application
from zi_certificates.rulebook import load_rulebook, published
from zi_certificates.statement import Document, Outline, Product, Statement
from zi_contracts.certificates import PinnedRules
from zi_rules.certificate.reason import Reason
from zi_rules.certificate.rule_set import NoCertificateRulesError

RULES = load_rulebook(DEMO_RULES)
PIN = PinnedRules(id="rancangan_surat_keterangan", version=1)
DETAILS = Details(acts_for_others=False, hs_codes=("21039012",), items=())


def account(*kinds: str, codes: tuple[str, ...] = ("21039012",)) -> Account:
    documents = tuple(Document(kind=kind, file=item(kind)) for kind in kinds)
    details = DETAILS.model_copy(update={"documents": documents, "hs_codes": codes})
    return account_after(opened(details), VERIFY)


def applied(outline: Outline = OUTLINE, batch: str = "B-001", kinds: tuple[str, ...] = ()) -> Application:
    product = Product.model_validate(sample_item(batch).model_dump() | {"number": 1})
    documents = tuple(Document(kind=kind, file=item(kind)) for kind in kinds)
    stated = Statement(**dict(outline), products=(product,), documents=documents)
    return after(draft().model_copy(update={"statement": stated}))


def submitted(state: Application) -> Application:
    return after(submit(rules=PIN), state=state)


def paid(state: Application) -> Application:
    pay = steps.RecordPayment(
        by=applicant(), bill="820261207000001", payment="1", amount=150_000, paid_at=MONDAY, due=MONDAY + HOUR
    )
    return after(pay, state=submitted(state))


def asked(state: Application) -> Application:
    take = steps.Take(by=evaluator(), known=NOTHING_KNOWN)
    ask = steps.AskData(by=evaluator(), known=NOTHING_KNOWN, wanted=(MISSING,))
    return after(take, ask, state=paid(state))


def missing(state: Application, own: Account) -> set[tuple[str, ...]]:
    return {each.any_of for each in RULES.examination(state, own, MONDAY).missing}


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

    def found(state: Application) -> set[Reason]:
        return {each.reason for each in RULES.examination(state, account(), late).findings}

    assert Reason.EXPIRED in found(applied())
    assert Reason.EXPIRED not in found(asked(applied()))


def test_rules_are_pinned_by_the_submission_and_must_not_be_lost() -> None:
    assert RULES.pin(submitted(applied()), MONDAY) == PIN
    lost = after(submit(rules=PinnedRules(id="lost", version=1)), state=applied())
    with pytest.raises(NoCertificateRulesError):
        RULES.of(lost, MONDAY)


def test_an_account_of_a_series_needs_what_all_its_letters_need() -> None:
    def wanted(series: str, own: Account) -> set[str]:
        return {each.where for each in RULES.account_findings(series, own, MONDAY)}  # type: ignore[arg-type]

    assert "documents.identity_card" in wanted("ski", account())
    assert "documents.identity_card" not in wanted("ske", account())
    assert "documents.nib" in wanted("ske", account())
    assert "documents.pharmaceutical_licence" not in wanted("ske", account())
    others = account_after(opened(DETAILS.model_copy(update={"acts_for_others": True})))
    assert "documents.notarial_power" in wanted("ski", others)
    assert "hs_codes" in wanted("ski", account(codes=("2103",)))


@given(st.integers(0, 60 * 24 * 20))
def test_a_pause_never_brings_the_due_time_forward(minutes: int) -> None:
    state = asked(applied())
    assert state.due is not None
    assert RULES.due_after_pause(state, MONDAY + timedelta(minutes=minutes)) >= state.due
