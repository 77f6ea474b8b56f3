"""A referral and its sealed letter from the mentor's decision to the health office's answer, over a real store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.sealed import SealedMentoring, sealed_mentoring
from tests.verify.sample_log import POLICY

from zi_chassis.domain import UnavailableError
from zi_letters.content import digest
from zi_letters.vault_fields import CONTENT
from zi_umkm.domain import errors
from zi_umkm.domain.case.state import MentoringStatus
from zi_umkm.domain.referral_code import code_digest, printed_code
from zi_umkm.letters.answering import OpenedReferral
from zi_umkm.letters.referral_content import ReferralContent
from zi_umkm.letters.referring import UnprintableReferralError
from zi_umkm.letters.verifying import LetterStanding, ShownEvidence
from zi_umkm.messaging.upstream import MentoringRequest
from zi_verify.certificate import check_certificate
from zi_verify.letter_file import open_letter
from zi_verify.letter_signature import TrustedAuthorities
from zi_verify.verdict import Matching

FIRST = "SR-2026-000001"
PIRT = "P-IRT 2093471010001-29"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[SealedMentoring]:
    async with sealed_mentoring(tmp_path) as house:
        yield house


def content_of(inside: Inside, request: MentoringRequest, letter: int = 0) -> ReferralContent:
    return ReferralContent.model_validate_json(inside.vault.texts(request.ticket, CONTENT)[letter])


def code_on(content: ReferralContent) -> str:
    return next(each.value for each in content.facts if each.label.en == "Code for the answer")


async def opened(inside: Inside, request: MentoringRequest, letter: int = 0) -> OpenedReferral:
    return await inside.office.letters.answering.open(FIRST, code_on(content_of(inside, request, letter)))


async def test_a_referral_gets_a_sealed_letter_that_verifies_offline(house: SealedMentoring) -> None:
    inside = house.inside
    request = await inside.mentored("one", SAMBAL)
    referred = await inside.refer(request, "Sambal dalam botol")
    assert referred.state.status is MentoringStatus.REFERRED
    letter = referred.state.referral
    assert letter is not None
    assert letter.number == FIRST
    content = content_of(inside, request)
    assert (content.holder.name, content.products[0].product) == ("Dapur one", "Sambal Contoh")
    assert letter.code_digest == code_digest(code_on(content).replace("-", ""))
    assert [each.value for each in content.facts][-1] == letter.open_until.strftime("%d-%m-%Y")
    assert await house.rounds() == 1
    pdf = house.file(FIRST)
    authority = house.office.letters.keys.authority
    report = await asyncio.to_thread(check_certificate, pdf, POLICY, authority)
    assert (report.verdict, report.number) == (Matching(), FIRST)
    assert digest(pdf) == house.row(FIRST).file
    [published] = house.events("products_referred")
    assert (published["data"]["number"], published["data"]["code_digest"]) == (FIRST, letter.code_digest)
    assert code_on(content).replace("-", "") not in str(house.events("products_referred"))


async def test_the_code_on_the_page_carries_the_products(house: SealedMentoring) -> None:
    inside = house.inside
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    await house.rounds()
    row, verifying = house.row(FIRST), house.office.letters.verifying
    assert (await verifying.verify("sr 2026 1", None)).evidence is ShownEvidence.NUMBER
    assert (await verifying.verify(FIRST, "AAAA")).evidence is ShownEvidence.CHANGED
    assert (await verifying.verify("SR-2026-000009", None)).evidence is ShownEvidence.UNKNOWN
    assert (await verifying.verify("SR-2026-000009", "AAAA")).evidence is ShownEvidence.CHANGED
    assert (await verifying.verify("nonsense", None)).evidence is ShownEvidence.UNKNOWN
    code = await asyncio.to_thread(code_of_page, house)
    genuine = await verifying.verify(FIRST, code)
    assert (genuine.evidence, genuine.standing) == (ShownEvidence.GENUINE, LetterStanding.WAITING)
    assert genuine.code is not None
    assert genuine.code.goods is not None
    assert [each.product for each in genuine.code.goods.listed] == ["Sambal Contoh"]
    assert genuine.code.content == row.content


def code_of_page(house: SealedMentoring) -> str:
    """The query of the address in the picture on the page."""
    return (
        open_letter(house.file(FIRST), TrustedAuthorities(None, None))
        .attachments["code.txt"]
        .decode()
        .partition("?c=")[2]
    )


async def test_repeats_give_one_letter_and_a_second_referral_a_second(inside: Inside) -> None:
    request, key = await inside.mentored("one", SAMBAL), uuid4()
    for _ in range(2):
        await inside.refer(request, "Pertama", key)
    await inside.refer(request, "Kedua")
    state = await inside.state(request)
    assert [each.number for each in state.referrals] == [FIRST]
    await inside.office.mentoring.return_(request, inside.business(request), None)
    await inside.office.mentoring.triage(request, inside.mentor(), None)
    again = await inside.refer(request)
    assert [each.number for each in again.state.referrals] == [FIRST, "SR-2026-000002"]
    with pytest.raises(errors.ReferralOverError):
        await opened(inside, request)


async def test_two_mentors_who_refer_at_once_make_one_letter(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    results = await asyncio.gather(*(inside.refer(request) for _ in range(4)), return_exceptions=True)
    refused = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, errors.ReferralChangedError) for each in refused)
    assert [each.number for each in (await inside.state(request)).referrals] == [FIRST]
    other = await inside.mentored("two", SAMBAL)
    assert (await inside.refer(other)).state.referrals[0].number == "SR-2026-000002"


async def test_nothing_is_left_where_the_vault_is_away_or_a_text_can_t_be_printed(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    inside.vault.is_away = True
    with pytest.raises(UnavailableError):
        await inside.refer(request)
    inside.vault.is_away = False
    inside.vault.add(request.ticket, {"business.name": "D" * 301})
    with pytest.raises(UnprintableReferralError):
        await inside.refer(request)
    assert (await inside.state(request)).status is MentoringStatus.TRIAGED
    assert inside.vault.texts(request.ticket, CONTENT) == []


async def test_a_case_of_both_ways_is_referred_in_part(inside: Inside) -> None:
    request = await inside.mentored("one", FISH, SAMBAL)
    await inside.refer(request)
    content = content_of(inside, request)
    assert [each.product for each in content.products] == ["Sambal Contoh"]


# -- the answer


async def test_the_health_office_answers_with_the_code_and_an_official_still_looks_the_number_up(
    inside: Inside,
) -> None:
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    answering = inside.office.letters.answering
    letter = await opened(inside, request)
    assert letter.open_products == {1}
    assert (await answering.content(letter)).holder.name == "Dapur one"
    await answering.receive(letter, None)
    await answering.question(letter, None, "Berapa masa simpannya?")
    key = uuid4()
    for _ in range(2):
        await answering.give_number(letter, key, 1, PIRT)
    state = await inside.state(request)
    assert state.referred_numbers == {1: inside.office.rules.written(PIRT)}
    assert state.unchecked_numbers == {1}
    with pytest.raises(errors.CodeUsedError):
        await answering.receive(letter, None)
    checked = await inside.office.numbers.check(
        request, inside.staff("officer-budi", "officer"), None, 1, PIRT, "confirmed"
    )
    assert checked.state.unchecked_numbers == frozenset()
    graduated = await inside.office.mentoring.graduate(request, inside.mentor(), None)
    assert graduated.state.status is MentoringStatus.GRADUATED


async def test_a_refusal_needs_its_reason_which_is_kept_out_of_the_event(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    answering, letter = inside.office.letters.answering, await opened(inside, request)
    for text in (None, ""):
        with pytest.raises(errors.NoAnswerTextError):
            await answering.refuse(letter, None, 1, text)
        with pytest.raises(errors.NoAnswerTextError):
            await answering.question(letter, None, text)
    await answering.refuse(letter, None, 1, "Dapur belum diperiksa")
    assert "Dapur belum diperiksa" in inside.vault.texts(request.ticket, "note")
    stored = b"".join(row.message for row in inside.office.store.messages(0, 10_000))
    assert b"Dapur belum diperiksa" not in stored
    with pytest.raises(errors.CodeUsedError):
        await answering.give_number(letter, None, 1, PIRT)


async def test_a_number_of_bpom_s_shape_is_refused(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    letter = await opened(inside, request)
    for number in ("MD 123456789012", "12345", PIRT + "1"):
        with pytest.raises(errors.NumberShapeError):
            await inside.office.letters.answering.give_number(letter, None, 1, number)


async def test_wrong_guesses_all_meet_one_sentence_and_change_nothing(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    answering, code = inside.office.letters.answering, code_on(content_of(inside, request))
    for number, guess in (
        (FIRST, "0000-0000-0000-0000"),
        (FIRST, ""),
        (FIRST, code[:-1]),
        ("SR-2026-000002", code),
        ("", code),
        (FIRST, "é" * 16),
    ):
        with pytest.raises(errors.WrongReferralCodeError):
            await answering.open(number, guess)
    assert (await answering.open(FIRST, code.lower().replace("-", " "))).open_products == {1}


async def test_a_code_ends_by_data_and_its_mentor_makes_a_new_one(inside: Inside) -> None:
    request = await inside.mentored("one", SAMBAL)
    await inside.refer(request)
    answering, letter = inside.office.letters.answering, (await inside.state(request)).referral
    assert letter is not None
    inside.clock.at += timedelta(days=90, seconds=1)
    with pytest.raises(errors.CodeExpiredError):
        await opened(inside, request)
    key = uuid4()
    for _ in range(2):
        _, code = await answering.renew(request, inside.mentor(), key, letter.letter)
        assert (await answering.open(FIRST, printed_code(code))).open_products == {1}
    with pytest.raises(errors.CodeReplacedError):
        await opened(inside, request)
    state = await inside.state(request)
    assert [each.round for each in state.referrals] == [2]
    with pytest.raises(errors.NotTheMentorError):
        await answering.renew(request, inside.mentor("mentor-dodi"), None, letter.letter)
