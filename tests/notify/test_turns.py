"""One address has one turn at a time, and other addresses do not wait for it."""

from uuid import UUID

from zi_notify.sending.turns import Turns

FIRST, SECOND = UUID(int=1), UUID(int=65)


async def test_an_address_waits_for_itself_alone() -> None:
    turns = Turns()
    async with turns.of(FIRST):
        assert turns.of(FIRST).locked()
        async with turns.of(SECOND):
            assert turns.of(FIRST) is not turns.of(SECOND)
    assert not turns.of(FIRST).locked()
