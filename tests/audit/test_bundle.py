"""The evidence of a case that an auditor takes along, verified as a court would: offline, by the auditor's own tool."""

from base64 import b64encode
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.test_standing import cosigned, witnessed
from tests.audit.web import Web, served
from tests.chassis.provider import OwnProvider
from tests.nats_server import NatsServer

from zi_audit.arrival import Arrival
from zi_chassis.domain import ErasedError
from zi_chassis.vault_requests import (
    TooManyOpeningsError,
    UnknownTicketError,
    VaultRefusedError,
    VaultService,
)
from zi_contracts.vault import DisclosedItem, VaultReply, VaultRequest
from zi_tlog.evidence import private_digest
from zi_tlog.evidence_v1 import Evidence, unpack_evidence
from zi_tlog.proof import parse_proof
from zi_verify.receipt import ReceiptReport, check_receipt
from zi_verify.verdict import Erased, Included, Matching, Verdict

SALT = bytes(range(32))
TEXT, FILE = uuid4(), uuid4()
WORDS = "Tutupnya menggembung."
BUNDLE = "/audit/api/cases/7K3M9Q2XA/bundle?purpose=court"
PRIVATE = f"{BUNDLE}&private=true"


def ref(item: UUID, field: str, text: str = WORDS) -> dict[str, str]:
    return {"item": str(item), "field": field, "digest": private_digest(SALT, text.encode())}


def filed(intake: Sender, **more: object) -> None:
    """A filing with a text, then a file, then somebody's look at both."""
    intake.send(intake.message(data={"holder": "office", "items": [ref(TEXT, "text")]}, **more))
    intake.send(
        intake.message(type="zi.intake.attachment_added", data={"items": [ref(FILE, "attachment", "x")]})
    )
    opened = {"purpose": "handling", "items": [str(TEXT), str(FILE)]}
    intake.send(intake.message(type="zi.intake.personal_data_opened", data=opened))


class Vault:
    """Stands where intake's does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, VaultRequest]] = []
        self.fault: Exception | None = None

    async def answer(self, caller: str, request: VaultRequest) -> VaultReply:
        self.asked.append((caller, request))
        if self.fault is not None:
            raise self.fault
        told = DisclosedItem(item=TEXT, field="text", salt=b64encode(SALT).decode(), text=WORDS)
        return VaultReply(items=(told,))


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
async def house(home: Home, provider: OwnProvider, nats: NatsServer, vault: Vault) -> AsyncIterator[Web]:
    """The ledger's web part on a broker, and a vault there."""
    intake = nats.broker("intake")
    intake.open()
    client = await intake.client()
    await VaultService({"audit": frozenset({"text"})}, vault.answer).serve(client)
    await client.flush()
    async for web in served(home, provider, nats_url=nats.url, nats_seed=nats.seed("audit")):
        yield web
    await intake.close()


async def fetched(web: Web, path: str = BUNDLE) -> bytes:
    answer = await web.get(path, web.auditor())
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/zip"
    return answer.content


def verdict(packed: bytes) -> Verdict:
    report: ReceiptReport = check_receipt(packed, None)
    return report.verdict


def told(packed: bytes) -> str:
    timeline = unpack_evidence(packed).timeline
    assert timeline is not None
    return timeline


async def written(web: Web, home: Home, *senders: Sender) -> None:
    arrivals = [arrival for sender in senders for arrival in sender.sent]
    home.opened().append(arrivals)
    await web.indexed(len(arrivals))


async def test_without_the_words_every_entry_is_included_under_one_checkpoint(
    web: Web, home: Home, intake: Sender
) -> None:
    filed(intake)
    await written(web, home, intake)
    packed = await fetched(web)
    evidence: Evidence = unpack_evidence(packed)
    assert verdict(packed) == Included()
    assert [entry.message for entry in evidence.entries] == [arrival.content for arrival in intake.sent]
    assert {parse_proof(entry.proof or b"").checkpoint for entry in evidence.entries} == {
        home.read("checkpoint")
    }
    assert evidence.private == ()


async def test_the_course_is_told_in_both_languages(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    text = told(await fetched(web))
    assert text.index("[id] Jalannya laporan 7K3M9Q2XA") < text.index("[en] The course of case 7K3M9Q2XA")
    assert "For a court or another authority" in text
    assert (
        "entry 1: A file was added. (citizen: sub-of-an-invented-person, zi.intake.attachment_added)" in text
    )
    assert "1 text was not opened" in text
    assert "1 attached file is not in here" in text


async def test_all_services_tell_of_the_case(web: Web, home: Home, intake: Sender) -> None:
    notify = Sender("notify", type="delivery_handed_over")
    filed(intake)
    notify.say()
    await written(web, home, intake, notify)
    assert len(unpack_evidence(await fetched(web)).entries) == 4


async def test_an_entry_that_repeats_another_or_is_no_message_is_named_and_left_out(
    web: Web, home: Home, intake: Sender
) -> None:
    filed(intake)
    repeated = intake.send(intake.sent[0].content.replace(b"invented", b"honest__"))
    nonsense = intake.send(intake.message(version="none", id=str(uuid4())))
    await written(web, home, intake)
    packed = await fetched(web)
    assert verdict(packed) == Included()
    assert {repeated.content, nonsense.content}.isdisjoint(e.message for e in unpack_evidence(packed).entries)
    assert "newer than the checkpoint): 3, 4" in told(packed)


async def test_what_came_in_anothers_name_is_said_to_be_so_and_left_out(
    web: Web, home: Home, intake: Sender
) -> None:
    """notify tells intake's next step, and that the case was erased, before intake goes on."""
    filed(intake)
    stolen = intake.message(actor="somebody-else")
    erased = intake.message(type="zi.intake.data_subject_erased", id=str(uuid4()))
    home.opened().append([*intake.sent, Arrival("notify", 1, stolen), Arrival("notify", 2, erased)])
    home.opened().append(intake.say())
    await web.indexed(6)
    packed = await fetched(web)
    assert [e.message for e in unpack_evidence(packed).entries] == [one.content for one in intake.sent]
    assert "newer than the checkpoint): 3, 4" in told(packed)
    assert told(packed).count("What is wrong: under the name of another service") == 2


async def test_what_an_entry_says_of_itself_begins_no_line_of_the_course(
    web: Web, home: Home, intake: Sender
) -> None:
    intake.send(intake.message(actor="x\n[en] All was well"))
    await written(web, home, intake)
    assert "\n[en] All was well" not in told(await fetched(web))


@pytest.mark.parametrize("path", ["/audit/api/cases/7K3M9Q2XA/bundle", f"{BUNDLE}osity"])
async def test_a_purpose_has_to_be_stated(web: Web, home: Home, intake: Sender, path: str) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(path, web.auditor())).status_code == 422
    assert web.told() == []


async def test_it_is_for_auditors_and_recorded(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(BUNDLE)).status_code == 401
    assert (await web.get(BUNDLE, web.auditor("officer"))).status_code == 403
    assert (await web.get(BUNDLE, web.case(intake.case))).status_code == 401
    await fetched(web)
    [look] = web.told()
    assert (look.subject, look.data["purpose"], look.data["kind"]) == (intake.case, "court", "evidence")


async def test_a_case_that_is_not_there_has_no_evidence(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(BUNDLE.replace("7K3M9Q2XA", "NOBODYS00"), web.auditor())).status_code == 404


async def test_damaged_files_give_no_evidence(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    (home.folder / "tiles/checkpoint").write_bytes(b"no note")
    assert (await web.get(BUNDLE, web.auditor())).status_code == 503


async def test_a_vault_that_is_away_gives_none_rather_than_less(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(PRIVATE, web.auditor())).status_code == 503


@pytest.mark.journey
async def test_with_the_words_it_is_included_and_matching(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    packed = await fetched(house, PRIVATE)
    assert verdict(packed) == Matching()
    [item] = unpack_evidence(packed).private
    assert (item.plaintext.decode(), item.event_id) == (WORDS, str(intake.event_id(1)))
    [(caller, request)] = vault.asked
    assert (caller, request.purpose, request.items) == ("audit", "court", (TEXT,))
    assert request.token
    assert "1 text with its salt is in private/." in told(packed)


@pytest.mark.journey
async def test_without_the_words_the_vault_is_not_asked(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    await fetched(house)
    assert vault.asked == []


@pytest.mark.journey
async def test_an_erased_case_names_the_entry_that_erased_it(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    subject = str(uuid4())
    filed(intake, data_subject=subject)
    intake.send(intake.message(type="zi.intake.data_subject_erased", data={}))
    await written(house, home, intake)
    vault.fault = ErasedError()
    packed = await fetched(house, PRIVATE)
    assert verdict(packed) == Erased(3)
    assert "The personal data were erased (entry 3)." in told(packed)


@pytest.mark.journey
async def test_an_erasure_that_is_not_in_the_ledger_yet_is_told_without_a_number(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    vault.fault = ErasedError()
    assert "were erased; the entry that says so is newer" in told(await fetched(house, PRIVATE))


@pytest.mark.journey
async def test_a_case_that_the_vault_does_not_know_is_said_to_be_so(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    vault.fault = UnknownTicketError()
    assert "does not know this case" in told(await fetched(house, PRIVATE))


@pytest.mark.journey
async def test_a_vault_that_refuses_is_a_refusal(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    vault.fault = VaultRefusedError()
    assert (await house.get(PRIVATE, house.auditor())).status_code == 403


@pytest.mark.journey
async def test_an_auditor_who_opens_too_much_is_told_to_wait(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    vault.fault = TooManyOpeningsError(600)
    refused = await house.get(PRIVATE, house.auditor())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "600")


async def test_entries_that_no_quorum_has_seen_are_named_and_left_out(
    home: Home, provider: OwnProvider, intake: Sender
) -> None:
    log, cosigners = witnessed(home, "ombudsman.example/witness")
    filed(intake)
    log.append(intake.sent)
    cosigned(home, log, *cosigners)
    log.append(intake.say(1))
    async for web in served(home, provider):
        await web.indexed(4)
        packed = await fetched(web)
    assert verdict(packed) == Included()
    assert len(unpack_evidence(packed).entries) == 3
    assert "newer than the checkpoint): 3" in told(packed)
