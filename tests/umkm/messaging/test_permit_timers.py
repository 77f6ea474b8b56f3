"""Timers of a permit in an office that has decided how long it holds: its holder is reminded, it ends, and a revocation takes effect."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.umkm.inside import Inside, opened
from tests.umkm.steps import DAY

import zi_rules
from zi_umkm.domain.case.permit import PermitCertificate, PermitExpired, PermitRenewalDue, PermitRevoked
from zi_umkm.domain.case.permit_errors import ObjectionTooLateError
from zi_umkm.domain.case.permit_state import PermitStanding
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.permit_register import PermitLine, permit_numbered

FIRST, SECOND = "IPC-2026-000001", "IPC-2031-000001"
DECIDED = """
[validity]
years = 5
source = "Keputusan Kepala Balai Contoh 1/2026"
source_status = "unverified"

[renewal]
days = 180
source = "Keputusan Kepala Balai Contoh 1/2026"
source_status = "unverified"

[objection]
period = { amount = 14, unit = "calendar_days" }
source = "Keputusan Kepala Balai Contoh 1/2026"
source_status = "unverified"
"""


@pytest.fixture
async def deciding(tmp_path: Path, place: str) -> AsyncIterator[Inside]:
    """An office that has decided everything, on either database."""
    rules = tmp_path / "rules"
    rules.mkdir()
    shipped = (Path(zi_rules.__file__).parent / "data" / "permits.toml").read_text(encoding="utf-8")
    changed = shipped.replace("\nversion = 1\n", "\nversion = 2\n") + DECIDED
    (rules / "permits.toml").write_text(changed, encoding="utf-8")
    async with opened(tmp_path, place if place.startswith("postgres") else "") as umkm:
        yield umkm


async def certificate(inside: Inside, request: MentoringRequest) -> PermitCertificate:
    known = (await inside.state(request)).permit.certificate
    assert known is not None
    return known


async def line(inside: Inside, number: str = FIRST) -> PermitLine:
    """The standing of the permit as everybody sees it."""
    known = await inside.office.store.query(lambda tx: permit_numbered(tx, number))
    assert known is not None
    return known


async def ended(inside: Inside, request: MentoringRequest) -> list[object]:
    events = await inside.office.store.events(request.mentoring)
    return [each for each in events if isinstance(each, PermitExpired | PermitRevoked | PermitRenewalDue)]


async def at(inside: Inside, when: datetime | None) -> None:
    """A moment before it nothing is due, and from it on it is done once."""
    assert when is not None
    await inside.tick()
    inside.clock.at = when - DAY / 24
    await inside.tick()
    before = inside.office.store.last()[0]
    assert await inside.tick() == 0
    assert inside.office.store.last()[0] == before
    inside.clock.at = when
    await inside.tick()
    assert await inside.tick() == 0


async def announced(inside: Inside, request: MentoringRequest) -> datetime:
    """Return until when its business may object."""
    officer, head = inside.staff("officer-budi", "officer"), inside.staff("head-gita", "head")
    reason, note = "production_moved", "Pindah"
    await inside.office.permits.propose_revocation(request, officer, None, reason, note)
    await inside.office.permits.announce_revocation(request, head, None, note)
    until = (await line(inside)).objection_until
    assert until is not None
    return until


async def test_its_holder_is_reminded_and_it_ends_after_its_last_day(deciding: Inside) -> None:
    request, terms = await deciding.permitted(), deciding.office.rules.permits
    known = await certificate(deciding, request)
    await at(deciding, terms.renewable_from(known))
    [reminded] = await ended(deciding, request)
    assert isinstance(reminded, PermitRenewalDue)
    assert reminded.by.actor == "system:umkm"
    assert (await line(deciding)).standing == "valid"
    await at(deciding, terms.expires_at(known))
    assert isinstance((await ended(deciding, request))[-1], PermitExpired)
    expired = await line(deciding)
    assert (expired.standing, expired.holds, expired.since) == ("expired", False, deciding.clock.now())
    assert len(await ended(deciding, request)) == 2


async def test_one_that_was_renewed_has_the_times_of_its_successor(deciding: Inside) -> None:
    request, terms = await deciding.permitted(), deciding.office.rules.permits
    old = await certificate(deciding, request)
    opens = terms.renewable_from(old)
    assert opens is not None
    deciding.clock.at = opens
    await deciding.tick()
    await deciding.office.mentoring.resume(request, deciding.business(request), None)
    await deciding.office.permits.apply(request, deciding.business(request), None)
    await deciding.office.permits.verify_account(request, deciding.staff("officer-budi", "officer"), None)
    evaluator = deciding.staff("evaluator-citra", "evaluator")
    await deciding.office.permits.find_fit(request, evaluator, None)
    await deciding.signed(request)
    new = await certificate(deciding, request)
    assert (new.number, new.renews, (await line(deciding)).standing) == (SECOND, FIRST, "replaced")
    first_end, second_end = terms.expires_at(old), terms.expires_at(new)
    assert first_end is not None
    deciding.clock.at = first_end + DAY
    await deciding.tick()
    assert (await line(deciding, SECOND)).standing == "valid"
    await at(deciding, second_end)
    assert [(await line(deciding, each)).standing for each in (FIRST, SECOND)] == ["replaced", "expired"]


async def test_a_revocation_takes_effect_when_nobody_objected_in_time(deciding: Inside) -> None:
    request = await deciding.permitted()
    until = await announced(deciding, request)
    assert until == deciding.clock.now() + 14 * DAY
    assert (await line(deciding)).holds
    await at(deciding, until)
    revoked = await line(deciding)
    assert (revoked.standing, revoked.reason, revoked.holds) == ("revoked", "production_moved", False)
    [event] = await ended(deciding, request)
    assert isinstance(event, PermitRevoked)
    assert event.by.actor == "system:umkm"
    with pytest.raises(ObjectionTooLateError):
        await deciding.office.permits.contest(request, deciding.business(request), None, "Tidak benar")
    deciding.clock.at += 6 * 366 * DAY
    await deciding.tick()
    assert (await line(deciding)).standing == "revoked"


async def test_an_objection_in_time_stops_the_timer_but_not_the_end_of_the_permit(deciding: Inside) -> None:
    request = await deciding.permitted()
    until = await announced(deciding, request)
    await deciding.office.permits.contest(request, deciding.business(request), None, "Tidak benar")
    deciding.clock.at = until + DAY
    await deciding.tick()
    assert (await deciding.state(request)).permit.standing is PermitStanding.CONTESTED
    await at(deciding, deciding.office.rules.permits.expires_at(await certificate(deciding, request)))
    assert (await line(deciding)).standing == "expired"


async def test_a_revocation_that_was_dropped_takes_no_effect(deciding: Inside) -> None:
    request = await deciding.permitted()
    until = await announced(deciding, request)
    await deciding.office.permits.drop_revocation(
        request, deciding.staff("head-hana", "head"), None, "Keliru"
    )
    deciding.clock.at = until + DAY
    await deciding.tick()
    assert ((await line(deciding)).standing, await ended(deciding, request)) == ("valid", [])
