"""A permit from its clocks to its revocation, by the pages: at the desk, for its business, and in the public register."""

import pytest
from tests.umkm.inside import Inside
from tests.umkm.steps import DAY, named
from tests.umkm.visiting import Visiting
from tests.umkm.web.pages.test_desk import at_desk, done

from zi_umkm.domain.case.messages import DeadlineMissed
from zi_umkm.domain.case.permit_state import PermitStanding
from zi_umkm.domain.errors import NotAppliedError
from zi_umkm.read.permit_queue import permit_clock_counts
from zi_umkm.read.permit_register import PermitFilter, count_permits

REGISTER = "/umkm/permits"
NUMBER = "IPC-2026-000001"


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def test_the_register_shows_a_permit_and_its_revocation(visiting: Visiting, inside: Inside) -> None:
    request = await inside.permitted()
    head, officer = visiting.person("head-gita", "head"), visiting.person("officer-budi", "officer")
    page = await head.get(REGISTER)
    assert NUMBER in page.text
    assert "Not decided by this office" in page.text
    assert f"Dapur {'one'}" not in page.text
    refused = await done(officer, request, "propose-revocation", **{"reason.revocation": "production_moved"})
    assert refused.status_code == 422
    told = {"reason.revocation": "production_moved", "propose.revocation": "Pindah ke Malinau"}
    await done(officer, request, "propose-revocation", **told)
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
    table = (await head.get(f"{REGISTER}.csv?show=all")).text.splitlines()
    assert table[1:] == [f"{NUMBER},standard,nunukan,2026-12-07,,revoked,2026-12-07,production_moved,,"]


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
