"""A case from its request to its number, over a real store: what the rules say of it is said of what is decided."""

from uuid import uuid4

import pytest
from tests.certificates.inside import ticket_of
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.steps import DAY

from zi_chassis.domain import UnavailableError, WrongRoleError
from zi_umkm.domain import errors
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.corrective_action import Progress
from zi_umkm.read.case_files import files_of
from zi_umkm.use_cases.access import NoSuchMentoringError
from zi_umkm.use_cases.statements import ActionTexts, BusinessStated, ProductStated


async def test_a_product_goes_from_nothing_to_its_number(either: Inside) -> None:
    request = await either.numbered()
    state = await either.state(request)
    assert (state.status, state.numbers) == (MentoringStatus.NUMBER_OBTAINED, {1: "MD123456789012"})
    await either.visited(request, wrong=(), visit="last")
    checker = either.staff("officer-budi", "officer")
    await either.office.numbers.check(request, checker, None, 1, "MD 123456789012", "confirmed")
    graduated = await either.office.mentoring.graduate(request, either.mentor(), None)
    assert graduated.state.status is MentoringStatus.GRADUATED


async def test_a_referral_keeps_the_history_when_the_business_comes_back(inside: Inside) -> None:
    request, mentoring = await inside.mentored("one", SAMBAL), inside.office.mentoring
    referred = await inside.refer(request, "Sambal dalam botol")
    assert referred.state.status is MentoringStatus.REFERRED
    assert inside.vault.texts(request.ticket, "note") == ["Sambal dalam botol"]
    back = await mentoring.return_(request, inside.business(request), None, "Ditolak")
    assert (back.state.status, back.state.triaged) == (MentoringStatus.REGISTERED, ())
    assert len(await inside.office.store.events(request.mentoring)) == 6


# -- what a business says of itself


async def test_products_keep_their_numbers_and_a_number_is_never_given_twice(inside: Inside) -> None:
    request = await inside.stated("one", FISH, SAMBAL)

    async def stated(*products: ProductStated) -> list[int]:
        statement = BusinessStated(district="nunukan", products=products)
        done = await inside.office.mentoring.restate(request, inside.business(request), None, statement)
        return sorted(done.state.products)

    first = ProductStated(number=1, kind="frozen_fish")
    assert await stated(first) == [1]
    assert await stated(first, SAMBAL) == [1, 3]
    with pytest.raises(errors.UnknownProductError):
        await stated(ProductStated(number=2, kind="sambal"))
    with pytest.raises(errors.RepeatedProductError):
        await stated(first, first)
    with pytest.raises(errors.TooManyProductsError):
        await stated(*[SAMBAL] * 21)


async def test_names_lie_in_the_vault_and_one_that_is_not_said_anew_stays(inside: Inside) -> None:
    request, key = await inside.requested(), uuid4()
    statement = BusinessStated(district="nunukan", products=(FISH,))
    for _ in range(2):
        await inside.office.mentoring.restate(request, inside.business(request), key, statement)
    assert inside.vault.texts(request.ticket, "product.name") == [FISH.name]
    [before] = await inside.stated_products(request)
    again = BusinessStated(
        district="nunukan", products=(ProductStated(number=1, kind=FISH.kind, traits=FISH.traits),)
    )
    unchanged = await inside.office.mentoring.restate(request, inside.business(request), None, again)
    assert unchanged.recorded == ()
    assert await inside.stated_products(request) == [before]


async def test_another_name_alone_makes_no_other_product(inside: Inside) -> None:
    request = await inside.mentored()
    renamed = ProductStated(number=1, kind=FISH.kind, traits=FISH.traits, name="Nugget Ikan Ibu")
    statement = BusinessStated(district="nunukan", kbli=("10213",), products=(renamed,))
    done = await inside.office.mentoring.restate(request, inside.business(request), None, statement)
    assert done.state.status is MentoringStatus.TRIAGED


async def test_what_the_rules_do_not_know_is_refused_and_leaves_nothing_behind(inside: Inside) -> None:
    request = await inside.requested()
    for product in (
        ProductStated(kind="stone", name="Batu"),
        ProductStated(kind="sambal", traits=("magic",), name="Batu"),
    ):
        with pytest.raises(errors.UnknownGoodsError):
            await inside.office.mentoring.restate(
                request,
                inside.business(request),
                None,
                BusinessStated(district="nunukan", products=(product,)),
            )
    assert inside.vault.texts(request.ticket, "product.name") == []


async def test_nothing_is_triaged_before_something_is_made(inside: Inside) -> None:
    request = await inside.requested()
    await inside.office.mentoring.assign(request, inside.mentor(), None, "mentor-ani")
    with pytest.raises(errors.NoProductsError):
        await inside.office.mentoring.triage(request, inside.mentor(), None)


async def test_what_nobody_has_asked_for_is_nobodys_case(inside: Inside) -> None:
    with pytest.raises(NoSuchMentoringError):
        await inside.office.access.request("7H4T2W9XA")


# -- who may


async def test_who_mentored_a_business_evaluates_it_in_no_other_case(either: Inside) -> None:
    await either.mentored("one", business="same", mentor="evaluator-citra")
    second = await either.evaluated("two", business="same")
    citra, eko = (either.staff(name, "evaluator") for name in ("evaluator-citra", "evaluator-eko"))
    with pytest.raises(errors.MentorDecidesError):
        await either.office.permits.find_fit(second, citra, None)
    with pytest.raises(errors.MentorDecidesError):
        await either.office.permits.return_(second, citra, None, "Lengkapi")
    assert either.vault.texts(second.ticket, "note") == []
    await either.office.permits.find_fit(second, eko, None)
    with pytest.raises(errors.MentorDecidesError):
        await either.signed(second, "evaluator-citra")
    await either.signed(second)
    assert (await either.state(second)).status is MentoringStatus.PERMIT_ISSUED


async def test_who_evaluated_a_business_mentors_it_in_no_other_case(either: Inside) -> None:
    await either.permitted("one", business="same")
    later = await either.stated("two", business="same")
    with pytest.raises(errors.HasEvaluatedError):
        await either.office.mentoring.assign(later, either.mentor("evaluator-citra"), None, "evaluator-citra")
    await either.office.mentoring.assign(later, either.mentor("mentor-dodi"), None, "mentor-dodi")


async def test_a_mentorship_counts_for_the_number_that_comes_later(either: Inside) -> None:
    first = await either.mentored("one", mentor="evaluator-citra")
    business_ref = await either.given_number(first)
    second = await either.evaluated("two")
    assert await either.given_number(second) == business_ref
    citra = either.staff("evaluator-citra", "evaluator")
    with pytest.raises(errors.MentorDecidesError):
        await either.office.permits.find_fit(second, citra, None)


# -- findings


async def test_a_critical_finding_blocks_until_somebody_else_has_seen_it_put_right(inside: Inside) -> None:
    request, mentoring = await inside.mentored(), inside.office.mentoring
    await inside.visited(request, wrong=("air_diuji",))
    await inside.complete(request)
    by = inside.business(request)
    with pytest.raises(errors.CriticalOpenError):
        await inside.office.permits.apply(request, by, None)
    await mentoring.agree(request, by, None, "air_diuji", None, ActionTexts(cause="Sumur dangkal"))
    await inside.evidenced(request, "air_diuji")
    with pytest.raises(errors.NotCorrectedError):
        await inside.office.permits.apply(request, by, None)
    await mentoring.verify(request, inside.staff("officer-budi", "officer"), None, "air_diuji", "live")
    applied = await inside.office.permits.apply(request, by, None)
    assert applied.state.status is MentoringStatus.PERMIT_APPLIED
    assert inside.vault.texts(request.ticket, "action.cause") == ["Sumur dangkal"]


async def test_what_was_agreed_without_a_day_is_due_when_the_rules_say(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    agreed = await inside.office.mentoring.agree(request, inside.business(request), None, "fifo")
    due, promised_by = inside.office.rules.correction_due(agreed.state, inside.clock.now())
    assert agreed.state.finding("fifo").due == due
    assert agreed.recorded[0].event.promised_by == promised_by  # type: ignore[attr-defined]
    with pytest.raises(errors.DuePassedError):
        await inside.office.mentoring.agree(
            request, inside.business(request), None, "fifo", inside.clock.now() - DAY
        )


async def test_evidence_is_kept_with_its_finding_and_opened_again_when_it_is_not_enough(
    inside: Inside,
) -> None:
    request, mentoring = await inside.mentored(), inside.office.mentoring
    await inside.visited(request)
    with pytest.raises(errors.NotAgreedError):
        await mentoring.refuse_evidence(request, inside.business(request), "fifo")
    await mentoring.agree(request, inside.business(request), None, "fifo")
    await inside.evidenced(request, "fifo")
    reopened = await mentoring.reopen(request, inside.staff("officer-budi", "officer"), None, "fifo", "Buram")
    assert reopened.state.finding("fifo").progress is Progress.AGREED
    files = await inside.office.store.query(lambda tx: files_of(tx, request.mentoring))
    assert [(each.kind, each.code) for each in files] == [("evidence", "fifo")]


# -- the gates


async def test_everything_missing_is_named_at_once(inside: Inside) -> None:
    request = await inside.mentored()
    by = inside.business(request)
    await inside.visited(request, wrong=())
    with pytest.raises(errors.MissingRequirementsError) as refused:
        await inside.office.permits.apply(request, by, None)
    assert {"layout", "self_assessment", "quality_manual"} <= set(refused.value.missing)
    assert "cppob_reached" not in refused.value.missing


async def test_a_self_assessment_alone_is_not_enough_for_the_permit(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.complete(request)
    with pytest.raises(errors.MissingRequirementsError) as refused:
        await inside.office.permits.apply(request, inside.business(request), None)
    assert refused.value.missing == ("cppob_reached",)


async def test_only_what_the_rules_ask_for_is_added(inside: Inside) -> None:
    request = await inside.mentored()
    file, by = await inside.attached(request, "poem"), inside.business(request)
    for document in ("poem", "label_halal"):
        with pytest.raises(errors.NotAskedForError):
            await inside.office.mentoring.add_document(request, by, None, document, file)
    with pytest.raises(errors.NotAskedForError):
        await inside.office.label_checking.check_parts(
            request, inside.mentor(), None, 1, frozenset({"layout"})
        )
    with pytest.raises(errors.UnknownProductError):
        await inside.office.mentoring.refuse_document(request, by, "composition", file, 7)


@pytest.mark.parametrize("number", ["ML 123456789012", "P-IRT 2063471010012-27", "12345", "NA18201200001"])
async def test_a_number_that_is_written_otherwise_is_not_recorded(inside: Inside, number: str) -> None:
    request = await inside.permitted()
    by = inside.business(request)
    await inside.office.mentoring.send_registration(request, by, None, 1)
    with pytest.raises(errors.NumberShapeError):
        await inside.office.numbers.record(request, by, None, 1, number)


async def test_how_ready_a_product_is_follows_what_was_added(inside: Inside) -> None:
    request = await inside.mentored()
    before = (await inside.office.mentoring.readiness(request))[1]
    await inside.visited(request, wrong=())
    await inside.complete(request)
    after = (await inside.office.mentoring.readiness(request))[1]
    assert before.share < after.share == 1
    assert after.missing == ()


# -- once


async def test_the_same_key_does_it_once_and_other_words_under_it_are_not_lost(either: Inside) -> None:
    request, key = await either.mentored("one", SAMBAL), uuid4()
    for _ in range(2):
        await either.refer(request, "Pertama", key)
    assert either.vault.texts(request.ticket, "note") == ["Pertama"]
    for _ in range(2):
        await either.office.mentoring.return_(request, either.business(request), key, "Kembali")
    await either.office.mentoring.triage(request, either.mentor(), None)
    again = await either.refer(request, "Kedua", key)
    assert again.state.status is MentoringStatus.REFERRED
    assert either.vault.texts(request.ticket, "note") == ["Pertama", "Kembali", "Kedua"]


async def test_while_the_vault_is_away_nothing_is_recorded(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    inside.vault.is_away = True
    position = inside.office.store.last()[0]
    with pytest.raises(UnavailableError):
        await inside.refer(request, "Sambal")
    assert inside.office.store.last()[0] == position


async def test_consent_is_the_businesss_own(inside: Inside) -> None:
    request, to = await inside.mentored(), ticket_of("letters")
    consent = await inside.office.mentoring.give_consent(request, inside.business(request), None, to)
    assert consent.state.consents == {to}
    with pytest.raises(errors.NoTicketError):
        await inside.office.mentoring.give_consent(request, inside.business(request), None, "Bunga Contoh")
    with pytest.raises(WrongRoleError):
        await inside.office.mentoring.withdraw_consent(request, inside.mentor(), None, to)
    back = await inside.office.mentoring.withdraw_consent(request, inside.business(request), None, to)
    assert back.state.consents == frozenset()


async def test_a_sleeping_case_goes_on_with_one_word(inside: Inside) -> None:
    request = await inside.mentored()
    await inside.visited(request)
    await inside.slept()
    with pytest.raises(errors.AsleepError):
        await inside.office.mentoring.agree(request, inside.business(request), None, "fifo")
    resumed = await inside.office.mentoring.resume(request, inside.business(request), None)
    assert resumed.state.status is MentoringStatus.ASSESSED
