"""A permit from its clocks to its revocation, by the pages: at the desk, for its business, and in the public register."""

import re

import pytest
from tests.umkm.domain.test_permit_terms import decided
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY, named
from tests.umkm.visiting import Visiting
from tests.umkm.web.pages.test_desk import at_desk, done
from tests.web.browsing import HIDDEN, hidden

from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.case.permit_state import PermitStanding
from zi_umkm.domain.errors import NotAppliedError
from zi_umkm.read.permit_queue import permit_clock_counts
from zi_umkm.read.permit_register import PermitFilter, count_permits

REGISTER = "/umkm/permits"
CHANGED = "Something has been done about this permit since you looked"
NUMBER = "IPC-2026-000001"
GARBLED = '<input type="hidden" name="step" value="x">'
DECIDING = re.compile(r'action="([^"]+/(?:announce|drop)-revocation)"[^>]*>(.*?)</form>', re.DOTALL)


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def test_a_year_that_cannot_be_read_is_said_on_the_form_of_the_register(visiting: Visiting) -> None:
    await visiting.inside.permitted()
    page = await visiting.stranger().get(f"{REGISTER}?year=20&number=IPC")
    assert page.status_code == 422
    assert "Write the year with its four digits" in page.text
    assert ('value="20"' in page.text, 'value="IPC"' in page.text, NUMBER in page.text) == (True,) * 3
    assert f'href="{REGISTER}.csv?show=holding&amp;number=IPC"' in page.text
    found = (await visiting.stranger().get(f"{REGISTER}?year=2026&number=")).text
    assert ("1 permit<" in found or "1 permit " in found, "year=2026" in found) == (True, True)
    assert "0 permits" in (await visiting.stranger().get(f"{REGISTER}?year=2025")).text
    assert (await visiting.stranger().get(f"{REGISTER}.csv?year=20")).status_code == 422


async def test_the_register_shows_a_permit_and_its_revocation(visiting: Visiting, inside: Inside) -> None:
    request = await inside.permitted()
    head, officer = visiting.person("head-gita", "head"), visiting.person("officer-budi", "officer")
    page = await head.get(REGISTER)
    assert NUMBER in page.text
    assert "Not decided by this office" in page.text
    assert f"Dapur {'one'}" not in page.text
    refused = await done(officer, request, "propose-revocation", **{"reason.revocation": "production_moved"})
    assert refused.status_code == 422
    proposal = {"reason.revocation": "production_moved", "propose.revocation": "Pindah ke Malinau"}
    await done(officer, request, "propose-revocation", **proposal)
    assert (
        "It was proposed to revoke this permit"
        in (await visiting.owner(request).get(f"/umkm/cases/{request.ticket}")).text
    )
    assert f"{request.ticket}#permit" in (await head.get("/umkm/desk/")).text
    await done(head, request, "announce-revocation", **{"decide.revocation": "Sudah dilihat"})
    assert (await inside.state(request)).permit.standing is PermitStanding.REVOKED
    for address in (f"{REGISTER}?show=revoked&number=000001", f"/umkm/letters/{NUMBER}", at_desk(request)):
        assert "Revoked Production moved or ended" in " ".join(
            (await head.get(address)).text.replace("</span>", "").split()
        ), address
    assert "0 permits" in (await head.get(REGISTER)).text
    owners_page = (await visiting.owner(request).get(f"/umkm/cases/{request.ticket}")).text
    assert (
        "Pay nothing for a registration now" in owners_page,
        "Next: register your product" in owners_page,
    ) == (
        True,
        False,
    )
    table = (await head.get(f"{REGISTER}.csv?show=all")).text.splitlines()
    assert table[1:] == [f"{NUMBER},standard,nunukan,2026-12-07,,revoked,2026-12-07,production_moved,,"]


async def test_the_business_reads_why_and_whoever_decides_reads_what_it_objects(
    visiting: Visiting, inside: Inside
) -> None:
    inside.office.rules.permits.editions._in_files = decided().editions._in_files
    request = await inside.permitted()
    head, officer = visiting.person("head-gita", "head"), visiting.person("officer-budi", "officer")
    why = {"reason.revocation": "production_moved", "propose.revocation": "Pindah ke Malinau"}
    await done(officer, request, "propose-revocation", **why)
    await done(head, request, "announce-revocation", **{"decide.revocation": "Sudah dilihat"})
    here, owner = f"/umkm/cases/{request.ticket}", visiting.owner(request)
    page = await owner.get(here)
    assert ("Pindah ke Malinau" in page.text, "Sudah dilihat" in page.text) == (False, True)
    await owner.post(f"{here}/object-to-revocation", {"key": hidden(page), "objection": "Tidak pindah"})

    proposers_page = (await done(head, request, "open")).text
    assert "somebody else decides now" in proposers_page
    assert "Revoke the permit" not in proposers_page
    other = visiting.person("head-hana", "head")
    closed = (await other.get(at_desk(request))).text
    assert ("Tidak pindah" in closed, "What the business objects" in closed) == (False, True)
    opened = (await done(other, request, "open")).text
    assert ("Tidak pindah" in opened, "Pindah ke Malinau" in opened) == (True, True)
    parties = (head, officer, visiting.person("mentor-ani", "mentor"))
    for each in parties:
        assert "Tidak pindah" not in (await done(each, request, "open")).text
    await done(other, request, "drop-revocation", **{"drop.revocation": "Tetap di Nunukan"})
    assert "Tetap di Nunukan" in (await owner.get(here)).text
    for each in parties:
        after = (await done(each, request, "open")).text
        assert ("Tidak pindah" in after, "Tetap di Nunukan" in after) == (False, True)

    await done(officer, request, "propose-revocation", **why)
    await done(other, request, "announce-revocation", **{"decide.revocation": "Dilihat lagi"})
    key = hidden(await owner.get(here))
    await owner.post(f"{here}/object-to-revocation", {"key": key, "objection": "Masih di sini"})
    again = (await done(head, request, "open")).text
    assert ("Masih di sini" in again, "Tidak pindah" in again) == (True, False)
    assert "Masih di sini" not in (await done(other, request, "open")).text


async def test_words_for_whoever_signs_are_not_shown_to_the_business(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.applied()
    await inside.office.permits.verify_account(request, inside.staff("officer-budi", "officer"), None)
    evaluator = inside.staff("evaluator-eka", "evaluator")
    await inside.office.permits.find_fit(request, evaluator, None, "Denah sudah dilihat")
    head = visiting.person("head-gita", "head")
    assert "Denah sudah dilihat" in (await done(head, request, "open")).text
    page = (await visiting.owner(request).get(f"/umkm/cases/{request.ticket}")).text
    assert ("Denah sudah dilihat" in page, "What the evaluator wrote" in page) == (False, False)


async def test_whoever_verified_the_account_reads_why_somebody_else_goes_on(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.applied()
    before = (await visiting.person("evaluator-eka", "evaluator").get(at_desk(request))).text
    assert "If you verify the account, you neither evaluate nor sign this application" in before
    await inside.office.permits.verify_account(request, inside.staff("evaluator-eka", "evaluator"), None)
    sentence, offered = "You verified the account of this application", "find-fit"
    pages = {
        name: (await visiting.person(name, "evaluator").get(f"/umkm/desk/cases/{request.ticket}")).text
        for name in ("evaluator-eka", "evaluator-citra")
    }
    found = {name: (sentence in page, f"/{offered}" in page) for name, page in pages.items()}
    assert found == {"evaluator-eka": (True, False), "evaluator-citra": (False, True)}


async def test_the_words_of_an_application_that_came_back_are_read_by_its_business(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.applied()
    await done(
        visiting.person("officer-budi", "officer"), request, "return-permit", permit="Denah tidak terbaca"
    )
    owner = visiting.owner(request)
    assert "Denah tidak terbaca" in (await owner.get(f"/umkm/cases/{request.ticket}")).text
    inside.vault.is_away = True
    assert "The text can&#39;t be read now" in (await owner.get(f"/umkm/cases/{request.ticket}")).text
    inside.vault.is_away, inside.vault.refusal = False, "erased"
    page = (await owner.get(f"/umkm/cases/{request.ticket}")).text
    assert ("It was erased" in page, "be read now" in page) == (True, False)


async def test_how_often_a_clock_was_stopped_is_counted(visiting: Visiting, inside: Inside) -> None:
    request, officer = await inside.applied(), inside.staff("officer-budi", "officer")
    for _ in range(2):
        await inside.office.permits.return_(request, officer, None, "Belum lengkap")
        await inside.office.permits.apply(request, inside.business(request), None)
    [account] = await inside.office.store.query(permit_clock_counts)
    assert (account.stops, account.stopped, account.running) == (2, 0, 1)
    page = await visiting.stranger().get(REGISTER)
    assert "Times stopped in all" in page.text
    [promise] = (await visiting.stranger().get("/umkm/api/permits")).json()["promises"]
    assert (promise["clock"], promise["stops"], promise["running"]) == ("permit_account", 2, 1)


async def test_an_evaluation_that_goes_on_after_another_verification_is_counted_once(inside: Inside) -> None:
    request, permits = await inside.applied(), inside.office.permits
    await permits.verify_account(request, inside.staff("evaluator-eka", "evaluator"), None)
    first = (await inside.state(request)).permit.promise
    inside.clock.at += 21 * DAY
    evaluator = inside.staff("evaluator-eka", "evaluator")
    await permits.return_(request, evaluator, None, "Akun diverifikasi petugas lain.")
    await permits.apply(request, inside.business(request), None)
    inside.clock.at += DAY
    await permits.verify_account(request, inside.staff("officer-budi", "officer"), None)
    second = (await inside.state(request)).permit.promise
    assert first is not None
    assert second is not None
    assert (second.since, second.due - first.due < 5 * DAY) == (first.since, True)
    evaluation = (await inside.office.store.query(permit_clock_counts))[1]
    assert (evaluation.clock, evaluation.running, evaluation.stops) == ("permit_evaluation", 1, 1)
    assert evaluation.ended + evaluation.stopped + evaluation.missed == 0


async def test_a_late_step_is_reported_once_and_counted(inside: Inside) -> None:
    request = await inside.applied()
    inside.clock.at += 4 * DAY
    assert await inside.office.deadlines.tick() == 1
    assert await inside.office.deadlines.tick() == 0
    await inside.office.permits.verify_account(request, inside.staff("officer-budi", "officer"), None)
    events = await inside.office.store.events(request.mentoring)
    assert [each.clock for each in events if isinstance(each, DeadlineMissed)] == ["permit_account"]
    account, evaluation = await inside.office.store.query(permit_clock_counts)
    assert (account.ended, account.missed, account.in_time) == (1, 1, 0)
    assert (evaluation.running, evaluation.missed) == (1, 0)


async def test_a_repeated_signature_gives_no_second_number(inside: Inside) -> None:
    first, second = await inside.permitted("one"), await inside.found_fit("two")
    key = named("signature")
    for _ in range(2):
        await inside.signed(second, "head-hana", key)
    with pytest.raises(NotAppliedError):
        await inside.signed(second, "head-hana", named("another"))
    numbers = [(await inside.state(each)).permit.certificate for each in (first, second)]
    assert [each and each.number for each in numbers] == [NUMBER, "IPC-2026-000002"]
    assert await inside.office.store.query(lambda tx: count_permits(tx, PermitFilter(show=""))) == 2


async def test_another_proposal_than_the_one_on_the_page_is_not_decided(
    visiting: Visiting, inside: Inside
) -> None:
    request, permits = await inside.permitted(), inside.office.permits
    head, officer = visiting.person("head-gita", "head"), inside.staff("officer-budi", "officer")
    await permits.propose_revocation(request, officer, None, "production_moved", "Pindah")
    page = await head.get(at_desk(request))
    await permits.drop_revocation(request, inside.staff("head-hana", "head"), None, "Tetap")
    await permits.propose_revocation(request, officer, None, "production_moved", "Pindah lagi")
    forms = DECIDING.findall(page.text)
    assert len(forms) == 2
    for where, form in forms:
        blank = await head.post(where, dict(HIDDEN.findall(form)))
        assert blank.status_code == 422
        for fields in (form, dict(DECIDING.findall(blank.text))[where], GARBLED, ""):
            typed = {"decide.revocation": "Dilihat", "drop.revocation": "Dilihat"}
            answer = await head.post(where, dict(HIDDEN.findall(fields)) | typed)
            assert (answer.status_code, CHANGED in answer.text) == (409, True)
        state = await inside.state(request)
        assert (state.permit.standing, state.permit.proposed is not None) == (PermitStanding.VALID, True)
    await done(head, request, "announce-revocation", **{"decide.revocation": "Sudah dilihat"})
    assert (await inside.state(request)).permit.standing is PermitStanding.REVOKED
