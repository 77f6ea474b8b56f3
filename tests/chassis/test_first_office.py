"""The code of an office never changes: a store that was begun under another is not gone on with."""

from pathlib import Path

import pytest
from tests.intake.front import opened

from zi_chassis.storage.first_office import OtherOfficeError, refuse_another_office


def test_what_can_not_be_read_is_for_others_to_find() -> None:
    refuse_another_office([b"{", b"{}", b"[]", b'{"source":"/zi/a/intake"}'], "/zi/a/intake")


async def test_a_store_that_another_office_began_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        await front.file()
    with pytest.raises(OtherOfficeError, match="begun as /zi/balai-pom-tarakan/intake") as refused:
        async with opened(tmp_path, office="loka-pom-rimba"):
            pass
    assert "calls itself /zi/loka-pom-rimba/intake" in str(refused.value)
    async with opened(tmp_path) as front:
        assert front.recorded == 1
