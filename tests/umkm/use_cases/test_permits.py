"""A permit by its use cases: what the office has decided about its end is in the commands that they make."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from tests.umkm.domain.test_permit_terms import decided
from tests.umkm.inside import FISH, SAMBAL, Inside

from zi_chassis.storage.recorded import NO_PREVIOUS, Recorded
from zi_umkm.domain.case import permit
from zi_umkm.domain.case.permit_errors import (
    PermitStillValidError,
    RevocationPendingError,
    VerifiedAccountError,
)
from zi_umkm.domain.case.permit_state import PermitStage
from zi_umkm.letters.permit_issuing import BusinessChangedMeanwhileError
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.permit_queue import PermitTasks, waiting_permits
from zi_umkm.read.permit_register import PermitRegister, permit_numbered
from zi_umkm.use_cases.statements import BusinessStated

NUMBER = "IPC-2026-000001"


async def renewing(inside: Inside) -> MentoringRequest:
    """A business with a permit that was found fit for the next one."""
    editions = inside.office.rules.permits.editions
    editions._in_files = decided().editions._in_files
    request = await inside.permitted()
    inside.clock.at = datetime(2031, 6, 9, 16, tzinfo=UTC)
    await inside.office.permits.apply(request, inside.business(request), None)
    await inside.office.permits.verify_account(request, inside.staff("officer-budi", "officer"), None)
    await inside.office.permits.find_fit(request, inside.staff("evaluator-citra", "evaluator"), None)
    return request


async def test_a_permit_is_renewed_from_the_day_on_that_the_office_has_decided(inside: Inside) -> None:
    editions = inside.office.rules.permits.editions
    editions._in_files = decided().editions._in_files
    request = await inside.permitted()
    opens = inside.office.rules.permits.renewable_from((await inside.state(request)).permit.certificate)
    assert opens == datetime(2031, 6, 9, 16, tzinfo=UTC)
    with pytest.raises(PermitStillValidError):
        await inside.office.permits.apply(request, inside.business(request), None)
    inside.clock.at = opens
    await inside.office.permits.apply(request, inside.business(request), None)
    file = (await inside.state(request)).permit
    assert (file.stage, file.renews) == (PermitStage.ACCOUNT, NUMBER)


async def test_a_revocation_is_decided_before_the_next_permit_is_signed(either: Inside) -> None:
    request, officer = await renewing(either), either.staff("officer-rina", "officer")

    async def waiting(reader: str, *stages: PermitStage) -> list[str]:
        wanted = PermitTasks(reader, stages, signs=True)
        return [
            each.task
            for each in (await either.office.store.query(lambda tx: waiting_permits(tx, wanted, 9))).rows
        ]

    assert await waiting("head-gita", PermitStage.ISSUE) == ["issue"]
    await either.office.permits.propose_revocation(request, officer, None, "production_moved", "Pindah")
    assert await waiting("head-gita", PermitStage.ISSUE) == ["revocation"]
    assert await waiting("head-gita") == ["revocation"]
    assert await waiting("officer-rina", PermitStage.ISSUE) == ["issue"]
    with pytest.raises(RevocationPendingError):
        await either.signed(request)
    await either.office.permits.drop_revocation(request, either.staff("head-gita", "head"), None, "Tetap")
    assert await waiting("head-gita", PermitStage.ISSUE) == ["issue"]
    await either.signed(request)
    old = await either.office.store.query(lambda tx: permit_numbered(tx, NUMBER))
    assert old is not None
    assert (old.standing, old.replaced_by) == ("replaced", "IPC-2031-000001")


async def test_an_account_is_verified_anew_where_its_verifier_gives_it_back(either: Inside) -> None:
    request, both = await either.applied(), either.staff("evaluator-citra", "evaluator")
    permits, stages = either.office.permits, (PermitStage.ACCOUNT, PermitStage.EVALUATION)

    async def waiting(reader: str) -> list[str]:
        wanted = PermitTasks(reader, stages, signs=False)
        found = await either.office.store.query(lambda tx: waiting_permits(tx, wanted, 9))
        return [each.task for each in found.rows]

    await permits.verify_account(request, both, None)
    assert [await waiting(each) for each in ("evaluator-citra", "evaluator-eka")] == [[], ["evaluation"]]
    with pytest.raises(VerifiedAccountError):
        await permits.find_fit(request, both, None)
    await permits.return_(request, both, None, "Akun diverifikasi petugas lain.")
    await permits.apply(request, either.business(request), None)
    file = (await either.state(request)).permit
    assert (file.stage, file.promise and file.promise.clock) == (PermitStage.ACCOUNT, "permit_account")
    assert await waiting("officer-budi") == ["account"]
    await permits.verify_account(request, either.staff("officer-budi", "officer"), None)
    assert [await waiting(each) for each in ("evaluator-citra", "officer-budi")] == [["evaluation"], []]
    await permits.find_fit(request, both, None)


async def test_nothing_is_signed_that_the_business_changes_meanwhile(inside: Inside) -> None:
    request = await inside.found_fit()
    same = FISH.model_copy(update={"number": 1})
    stated = BusinessStated.model_validate({"district": "malinau", "kbli": ("10213",), "products": (same,)})

    async def restated() -> None:
        inside.vault.meanwhile = None
        await inside.office.mentoring.restate(request, inside.business(request), None, stated)

    inside.vault.meanwhile = restated
    with pytest.raises(BusinessChangedMeanwhileError):
        await inside.signed(request)
    assert (await inside.state(request)).permit.certificate is None


async def test_what_is_made_otherwise_waits_for_an_evaluator_again(inside: Inside) -> None:
    request = await inside.found_fit()
    stated = BusinessStated.model_validate({"district": "nunukan", "kbli": ("10213",), "products": (SAMBAL,)})
    await inside.office.mentoring.restate(request, inside.business(request), None, stated)
    wanted = PermitTasks("evaluator-citra", (PermitStage.EVALUATION, PermitStage.ISSUE), signs=False)
    [waiting] = (await inside.office.store.query(lambda tx: waiting_permits(tx, wanted, 9))).rows
    assert (waiting.task, waiting.since) == ("evaluation", inside.clock.now())


async def test_a_permit_that_was_followed_while_its_revocation_was_decided_holds_no_more(
    inside: Inside,
) -> None:
    request, register = await inside.permitted(), PermitRegister()
    first = (await inside.state(request)).permit.certificate
    assert first is not None
    by, second = inside.staff("head-gita", "head"), first.model_copy(update={"number": "IPC-2026-000002"})
    until, next_one = inside.clock.now(), second.model_copy(update={"renews": NUMBER})
    announced = permit.RevocationAnnounced(
        by=by, number=NUMBER, reason="production_moved", objection_until=until, rules=first.rules, items=()
    )
    message = f'{{"subject": "{request.ticket}"}}'.encode()
    with inside.office.store.database.transaction() as tx:
        for event in (announced, permit.PermitIssued(by=by, items=(), certificate=next_one)):
            id = uuid4()
            recorded = Recorded(event, id, request.mentoring, 1, 1, "", request.ticket, message, NO_PREVIOUS)
            register.project(tx, recorded)
        old = permit_numbered(tx, NUMBER)
    assert old is not None
    assert (old.standing, old.reason, old.objection_until) == ("replaced", None, None)
    assert old.replaced_by == "IPC-2026-000002"
