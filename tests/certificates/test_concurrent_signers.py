"""Sixteen signers at once over a real store: one row of numbers, each the version of its event."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.certificates.officials import named
from tests.certificates.steps import PASSED, SIGN
from tests.certificates.test_register import issue

from zi_certificates.domain.application.errors import NotReadyToSignError
from zi_certificates.messaging.published import DECIDERS, applications, registers
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store

REGISTER = named("register ski 2026")
SIGNERS = 16
LETTERS = 12


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(
        service="certificates",
        office="office",
        database=Database(tmp_path / "certificates.sqlite"),
        deciders=DECIDERS,
    )
    store.open()
    yield store
    store.close()


async def test_numbers_have_no_gap_and_no_repeat_with_sixteen_signers(store: Store) -> None:
    """Each asks twice for each of their letters, as after a crash."""

    async def signs(signer: int) -> None:
        for letter in range(LETTERS):
            for _ in range(2):
                await store.handle(registers, REGISTER, issue(f"{signer} {letter}"))

    await asyncio.gather(*(signs(signer) for signer in range(SIGNERS)))
    messages = [json.loads(row.message) for row in store.messages(after=0, limit=1_000)]
    assert [each["version"] for each in messages] == list(range(1, SIGNERS * LETTERS + 1))
    assert [int(each["data"]["number"][-6:]) for each in messages] == [each["version"] for each in messages]
    assert len({each["data"]["letter"] for each in messages}) == SIGNERS * LETTERS


async def test_of_two_signers_at_once_one_has_signed(store: Store) -> None:
    for command in PASSED:
        await store.handle(applications, named("application"), command)
    other = SIGN.model_copy(update={"by": SIGN.by.model_copy(update={"actor": "signer-gita"})})
    both = (store.handle(applications, named("application"), command) for command in (SIGN, other))
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(answer, NotReadyToSignError) for answer in answers) == 1
    assert (
        sum(row.nats_subject.startswith("zi.certificates.letters_signed") for row in store.messages(0, 100))
        == 1
    )
