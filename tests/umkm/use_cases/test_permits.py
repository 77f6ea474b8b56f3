"""A permit by its use cases: what the office has decided about its end is in the commands that they make."""

from datetime import UTC, datetime

import pytest
from tests.umkm.domain.test_permit_terms import decided
from tests.umkm.inside import Inside

from zi_umkm.domain.case.permit_errors import PermitStillValidError
from zi_umkm.domain.case.permit_state import PermitStage

NUMBER = "IPC-2026-000001"


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
