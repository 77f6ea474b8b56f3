"""Whatever another server writes in Retry-After, it is a wait of a day at most."""

from datetime import timedelta

import pytest

from zi_notify.channels.retry_after import LONGEST_WAIT, wait_of

NONE = timedelta()


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("", NONE),
        ("120", timedelta(minutes=2)),
        ("9999999", LONGEST_WAIT),
        ("99999999999999999999", NONE),
        ("-5", NONE),
        ("soon", NONE),
        ("Mon, 01 Jan 2001 00:00:00 GMT", NONE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST_WAIT),
        ("Mon, 01 Jan 0001 00:00:00 +2359", NONE),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", NONE),
        ("Mon, 01 Jan 2030 99999999999:00:00 GMT", NONE),
        ("Mon, 01 Jan 2030 00:00:00 +99999999999999", NONE),
    ],
)
def test_a_wait_is_read_from_whatever_is_written(text: str, wait: timedelta) -> None:
    assert wait_of(text) == wait
