"""The limits of what a device sends."""

from uuid import uuid4

import pytest
from pydantic import ValidationError

from zi_umkm.use_cases.sync import SentAnswer


def answer(device_time: str) -> SentAnswer:
    sent = {"id": uuid4(), "item": "fifo", "outcome": "yes", "device_time": device_time}
    return SentAnswer.model_validate(sent)


def test_a_clock_may_be_wrong_by_centuries() -> None:
    for claimed in ("0002-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "9998-12-31T23:59:59-14:00"):
        assert answer(claimed).device_time.utcoffset() is not None


@pytest.mark.parametrize("claimed", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_another_zone_can_t_tell_is_refused(claimed: str) -> None:
    with pytest.raises(ValidationError, match="every calendar"):
        answer(claimed)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        answer("2026-12-01T09:00:00")
