"""The data of contributors: recorded before it is disclosed, answered to notify and to auditors, gone once two officials agreed."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.integrity.inside import InsideIntegrity, named, opened

from zi_chassis.domain import WrongRoleError
from zi_chassis.vault.erasure import recorded
from zi_chassis.vault.requests import VaultService
from zi_chassis.vault.vault import VaultItemError
from zi_contracts.message import Message
from zi_contracts.vault import VaultReply, VaultRequest
from zi_integrity.domain.contributor import (
    ContributorErasedError,
    NotOfPersonError,
    OpenContributorData,
    RequestContributorErasure,
)
from zi_integrity.messaging.contributors_data import contributors
from zi_integrity.messaging.erasures import approved_by, erasure_runner
from zi_integrity.use_cases.vault_answers import READABLE, ContributorVaultAnswers

WHO, OTHER = named("contributor"), named("another")
EMAIL, TEXT = "bunga@contoh.example", "Loket jangan tutup pada jam makan siang."


async def stored(inside: InsideIntegrity, who: UUID = WHO) -> dict[str, UUID]:
    """Store an address and a proposal of the person, as an area does with its own event."""
    sealed = inside.office.vault.seal(who, {"contact.email": EMAIL, "proposal.text": TEXT})
    team, fields = inside.act("zone-wulan", "staff:integrity"), frozenset(ref.field for ref in sealed.refs)
    command = RequestContributorErasure(by=team, reason="subject_request", fields=fields)
    await inside.office.store.handle(contributors, who, command, keep=sealed)
    return {ref.field: ref.item for ref in sealed.refs}


def answers(inside: InsideIntegrity) -> VaultService:
    office = inside.office
    replies = ContributorVaultAnswers(office.personal_data, inside.service.identity, office.clock)
    return VaultService(READABLE, replies.answer)


async def ask(inside: InsideIntegrity, caller: str, **fields: object) -> VaultReply:
    request = VaultRequest.model_validate({"ticket": str(WHO), "purpose": "notify_status", **fields})
    return await answers(inside).answer(caller, request.model_dump_json().encode())


def messages(inside: InsideIntegrity) -> list[Message]:
    return [Message.parse(row.message) for row in inside.office.store.messages(0, 100)]


def types(inside: InsideIntegrity) -> list[str]:
    return [message.type.rpartition(".")[2] for message in messages(inside)]


async def test_an_opening_is_an_entry_before_anything_is_disclosed(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        items = await stored(inside)
        by = inside.act("zone-wulan", "staff:integrity")
        data = await inside.office.personal_data.open(WHO, by, "handling", [items["proposal.text"]])
        assert [each.text for each in data.values()] == [TEXT]
        assert types(inside)[-1] == "contributor_data_opened"
        assert messages(inside)[-1].data == {"items": [str(items["proposal.text"])], "purpose": "handling"}
        stored_bytes = b"".join(row.message for row in inside.office.store.messages(0, 100))
        assert EMAIL.encode() not in stored_bytes
        assert TEXT.encode() not in stored_bytes


async def test_what_may_not_be_recorded_is_not_disclosed(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        items = await stored(inside)
        strangers_item = (await stored(inside, OTHER))["proposal.text"]
        before = types(inside)
        officer = inside.act("officer-ani", "staff:officer")
        with pytest.raises(WrongRoleError):
            await inside.office.personal_data.open(WHO, officer, "handling", list(items.values()))
        team = inside.act("zone-wulan", "staff:integrity")
        with pytest.raises(VaultItemError):
            await inside.office.personal_data.open(WHO, team, "handling", [strangers_item])
        assert types(inside) == before


async def test_notify_gets_addresses_for_its_own_purpose_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        await stored(inside)
        reply = await ask(inside, "notify", fields=("contact.email",))
        assert (reply.fields, reply.error) == ({"contact.email": EMAIL}, None)
        assert messages(inside)[-1].actor == "system:notify"
        assert (await ask(inside, "notify", fields=("proposal.text",))).error == "not_allowed"
        assert (
            await ask(inside, "notify", fields=("contact.email",), purpose="audit")
        ).error == "not_allowed"
        assert (await ask(inside, "umkm", fields=("contact.email",))).error == "not_allowed"
        unknown = await ask(inside, "notify", fields=("contact.email",), ticket="7K3M9Q2XA")
        assert unknown.error == "unknown"
        nobody = await ask(inside, "notify", fields=("contact.email",), ticket=str(named("nobody")))
        assert (nobody.fields, nobody.error) == ({}, None)


async def test_an_auditor_opens_contributions_with_their_salts_and_no_address(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        items = await stored(inside)
        token = inside.provider.token("auditor-dewi", "auditor")
        named_items = {"fields": ("proposal.text",), "purpose": "audit", "items": (items["proposal.text"],)}
        reply = await ask(inside, "audit", token=token, **named_items)
        assert [(each.text, each.item) for each in reply.items] == [(TEXT, items["proposal.text"])]
        assert messages(inside)[-1].actorrole == "staff:auditor"
        for token_of_another in (inside.provider.token("officer-ani", "officer"), "", None):
            assert (await ask(inside, "audit", token=token_of_another, **named_items)).error == "not_allowed"
        assert (
            await ask(inside, "audit", token=token, **{**named_items, "fields": ("contact.email",)})
        ).error
        assert (await ask(inside, "audit", token=token, **{**named_items, "purpose": "curiosity"})).error
        strange = {**named_items, "items": (named("no item"),)}
        assert (await ask(inside, "audit", token=token, **strange)).error == "unknown"


async def test_an_approved_erasure_is_an_event_and_then_nothing_opens(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        items = await stored(inside)
        data, team = inside.office.personal_data, inside.act("zone-wulan", "staff:integrity")
        assert await data.public_texts([items["proposal.text"]]) == {items["proposal.text"]: TEXT}
        await data.approve_erasure(WHO, inside.act("head-umar", "staff:head"))
        assert types(inside)[-1] == "contributor_erased"
        assert await data.public_texts([items["proposal.text"]]) == {}
        with pytest.raises(ContributorErasedError):
            await data.open(WHO, team, "handling", [items["proposal.text"]])
        assert inside.office.keys.destroyed(WHO) is not None


async def test_a_letter_is_not_erased_as_a_person_nor_once_it_lies_beside_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as inside:
        data, team = inside.office.personal_data, inside.act("zone-wulan", "staff:integrity")
        letter = named("letter")
        with pytest.raises(NotOfPersonError):
            await data.request_erasure(letter, team, "subject_request")
        await stored(inside)
        sealed = inside.office.vault.seal(WHO, {"letter.content": "{}"})
        opening = OpenContributorData(by=team, items=(), purpose="handling")
        await inside.office.store.handle(contributors, WHO, opening, keep=sealed)
        with pytest.raises(NotOfPersonError):
            await data.approve_erasure(WHO, inside.act("head-umar", "staff:head"))
        assert inside.office.keys.destroyed(WHO) is None


async def test_a_vault_that_was_restored_opens_nothing_until_the_erasures_of_the_stream_are_applied(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "now") as inside:
        await stored(inside)
        await inside.office.personal_data.approve_erasure(WHO, inside.act("head-umar", "staff:head"))
        erasure = messages(inside)[-1]
    async with opened(tmp_path / "restored") as inside:
        await stored(inside)
        inside.office.vault.locked = True
        runner = erasure_runner(inside.office.store, inside.office.vault)
        is_approved = approved_by("balai-pom-tarakan")
        for forged in (
            {"actor": "zone-wulan"},
            {"actorrole": "staff:supervisor"},
            {"source": "/zi/x/integrity"},
        ):
            assert not is_approved(erasure.model_copy(update=forged))
        assert await runner.unlock(recorded(_stream(erasure), tmp_path / "none", is_approved))
        assert inside.office.keys.destroyed(WHO) is not None
        assert not inside.office.vault.locked


async def _stream(*messages: Message) -> AsyncIterator[Message]:
    for message in messages:
        yield message
