"""The evidence of a case that an auditor takes along, verified as a court would: offline, by the auditor's own tool."""

import stat
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import pytest
from tests.audit.log_home import ORIGIN, Home, Sender
from tests.audit.test_log_status import cosigned, witnessed
from tests.audit.web import Web, served
from tests.chassis.provider import OwnProvider
from tests.nats_server import NatsServer
from tests.taken_evidence import take

from zi_audit.domain.arrival import Arrival
from zi_audit.read.case_log import nearest
from zi_chassis.domain import ErasedError
from zi_chassis.vault.requests import (
    TooManyOpeningsError,
    UnknownTicketError,
    VaultRefusedError,
    VaultService,
)
from zi_contracts.vault import DisclosedItem, VaultReply, VaultRequest
from zi_tlog.evidence import private_digest
from zi_verify.receipt import check_receipt
from zi_verify.report import ReceiptReport
from zi_verify.verdict import Erased, Included, Matching, Verdict

SALT = bytes(range(32))
TEXT, FILE = uuid4(), uuid4()
AFTERWARDS = int(datetime(2026, 11, 24, 1, 3, tzinfo=UTC).timestamp())
TEXT_OF_ITEM = "Tutupnya menggembung."
BUNDLE = "/audit/api/cases/7K3M9Q2XA/bundle?purpose=court"
PRIVATE = f"{BUNDLE}&private=true"


def ref(item: UUID, field: str, text: str = TEXT_OF_ITEM) -> dict[str, str]:
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
        self.requests: list[tuple[str, VaultRequest]] = []
        self.fault: Exception | None = None

    async def answer(self, caller: str, request: VaultRequest) -> VaultReply:
        self.requests.append((caller, request))
        if self.fault is not None:
            raise self.fault
        disclosed = DisclosedItem(item=TEXT, field="text", salt=b64encode(SALT).decode(), text=TEXT_OF_ITEM)
        return VaultReply(items=(disclosed,))


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


def checked(packed: bytes) -> ReceiptReport:
    return check_receipt(packed, None)


def verdict(packed: bytes) -> Verdict:
    return checked(packed).verdict


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
    evidence = take(packed)
    assert verdict(packed) == Included()
    assert evidence.entries == [arrival.content for arrival in intake.sent]
    assert evidence.files["checkpoint"] == home.read("checkpoint")
    assert evidence.private == []


async def test_what_is_complete_is_said_by_a_key_of_the_web_parts_own(
    web: Web, home: Home, intake: Sender
) -> None:
    filed(intake)
    await written(web, home, intake)
    packed = await fetched(web)
    evidence = take(packed)
    key = evidence.files["manifest.vkey"].decode().strip()
    assert key.startswith(f"{ORIGIN}/audit+")
    assert (await web.get("/audit/api/evidence-key")).text == f"{key}\n"
    assert stat.S_IMODE((home.folder / "audit/secrets/evidence").stat().st_mode) == 0o600
    assert take(await fetched(web)).files["manifest.vkey"].decode().strip() == key
    assert (evidence.manifest.purpose, evidence.manifest.aggregates) == (
        "court",
        {str(uuid5(NAMESPACE_DNS, "intake")): 3},
    )
    disclosed = [remark.en for remark in checked(packed).remarks]
    assert any("among the first 3 entries" in each and "Made for: court" in each for each in disclosed)
    assert any(key in each for each in disclosed)


async def test_all_services_tell_of_the_case(web: Web, home: Home, intake: Sender) -> None:
    notify = Sender("notify", type="delivery_handed_over")
    filed(intake)
    notify.say()
    await written(web, home, intake, notify)
    assert len(take(await fetched(web)).entries) == 4


async def test_an_entry_that_repeats_another_or_is_no_message_is_named_and_left_out(
    web: Web, home: Home, intake: Sender
) -> None:
    filed(intake)
    repeated = intake.send(intake.sent[0].content.replace(b"invented", b"honest__"))
    nonsense = intake.send(intake.message(version="none", id=str(uuid4())))
    await written(web, home, intake)
    packed = await fetched(web)
    assert verdict(packed) == Included()
    assert {repeated.content, nonsense.content}.isdisjoint(take(packed).entries)
    assert take(packed).manifest.left_out == (3, 4)


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
    assert take(packed).entries == [each.content for each in intake.sent]
    assert take(packed).manifest.left_out == (3, 4)
    assert verdict(packed) == Included()
    assert any("Entry 3 carries the number of this case" in remark.en for remark in checked(packed).remarks)


async def test_of_another_services_act_of_the_wrong_type_nothing_follows(
    web: Web, home: Home, intake: Sender
) -> None:
    """notify says by its own lane, under its own name, that intake erased the case."""
    notify = Sender("notify")
    filed(intake)
    notify.send(notify.message(type="zi.intake.data_subject_erased"))
    await written(web, home, intake, notify)
    packed = await fetched(web)
    assert verdict(packed) == Included()
    assert take(packed).manifest.left_out == (3,)


@pytest.mark.parametrize("path", ["/audit/api/cases/7K3M9Q2XA/bundle", f"{BUNDLE}osity"])
async def test_a_purpose_has_to_be_stated(web: Web, home: Home, intake: Sender, path: str) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(path, web.auditor())).status_code == 422
    assert web.published() == []


async def test_it_is_for_auditors_and_recorded(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(BUNDLE)).status_code == 401
    assert (await web.get(BUNDLE, web.auditor("officer"))).status_code == 403
    assert (await web.get(BUNDLE, web.case(intake.case))).status_code == 401
    await fetched(web)
    [look] = web.published()
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
    [item] = take(packed).private
    assert (item.plaintext.decode(), item.event_id) == (TEXT_OF_ITEM, str(intake.event_id(1)))
    [(caller, request)] = vault.requests
    assert (caller, request.purpose, request.items) == ("audit", "court", (TEXT,))
    assert request.token


@pytest.mark.journey
async def test_without_the_words_the_vault_is_not_asked(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    await fetched(house)
    assert vault.requests == []


@pytest.mark.journey
async def test_an_erased_case_names_the_entry_that_erased_it(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    intake.send(intake.message(type="zi.intake.erasure_requested", actor="ani", actorrole="staff:officer"))
    erased = {"actor": "budi", "actorrole": "staff:supervisor", "data": {"asked_by": "ani"}}
    intake.send(intake.message(type="zi.intake.data_subject_erased", **erased))
    await written(house, home, intake)
    vault.fault = ErasedError()
    packed = await fetched(house, PRIVATE)
    assert verdict(packed) == Erased(4)
    assert take(packed).private == []


@pytest.mark.journey
async def test_a_case_that_the_vault_does_not_know_is_said_to_be_so(
    house: Web, home: Home, intake: Sender, vault: Vault
) -> None:
    filed(intake)
    await written(house, home, intake)
    vault.fault = UnknownTicketError()
    answer = await house.get(PRIVATE, house.auditor())
    assert (answer.status_code, "tidak mengenal tiket ini" in answer.text) == (404, True)


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
    cosigned(home, log, *cosigners, at=AFTERWARDS)
    log.append(intake.say(1))
    async for web in served(home, provider):
        await web.indexed(4)
        packed = await fetched(web)
    assert verdict(packed) == Included()
    assert (take(packed).manifest.indexes, take(packed).manifest.size) == ((0, 1, 2), 3)


CASE = "/audit/api/cases/7K3M9Q2XA/evidence"


async def test_whoever_has_the_case_gets_its_acts_without_those_of_auditors(
    web: Web, home: Home, intake: Sender
) -> None:
    audit = Sender("audit", type="looked")
    filed(intake)
    audit.say()
    await written(web, home, intake, audit)
    answer = await web.get(CASE, web.case(intake.case))
    assert answer.status_code == 200
    evidence = take(answer.content)
    assert evidence.entries == [arrival.content for arrival in intake.sent]
    assert "audit" not in evidence.manifest.services
    assert (evidence.manifest.purpose, evidence.private) == ("own", [])
    assert verdict(answer.content) == Included()
    assert web.published() == []  # whose case it is, is not recorded as looking
    assert len(take(await fetched(web)).entries) == 4


async def test_it_is_for_nobody_else(web: Web, home: Home, intake: Sender) -> None:
    filed(intake)
    await written(web, home, intake)
    assert (await web.get(CASE)).status_code == 401
    assert (await web.get(CASE, web.auditor())).status_code == 401
    assert (await web.get(CASE, web.case("0EXAMP1E0"))).status_code == 401


async def test_a_case_that_the_ledger_does_not_have_yet_is_proven_to_have_no_entry(
    web: Web, home: Home, intake: Sender
) -> None:
    filed(intake)
    await written(web, home, intake)
    evidence = take((await web.get(CASE.replace("7K3M9Q2XA", "0EXAMP1E0"), web.case("0EXAMP1E0"))).content)
    assert (evidence.entries, evidence.manifest.size) == ([], 3)


async def test_before_the_first_checkpoint_there_is_none_for_auditors_and_an_empty_one_for_a_case(
    home: Home, provider: OwnProvider, intake: Sender
) -> None:
    log, _ = witnessed(home, "ombudsman.example/witness")
    filed(intake)
    log.append(intake.sent)
    async for web in served(home, provider):
        await web.indexed(3)
        assert (await web.get(BUNDLE, web.auditor())).status_code == 503
        evidence = take((await web.get(CASE, web.case(intake.case))).content)
    assert (evidence.manifest.size, evidence.manifest.indexes, "checkpoint" in evidence.files) == (
        0,
        (),
        False,
    )


async def test_nothing_is_claimed_to_be_complete_beyond_what_is_indexed(
    web: Web, home: Home, intake: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry that the index lacks would be claimed not to exist."""
    filed(intake)
    await written(web, home, intake)
    monkeypatch.setattr("zi_audit.read.bundle.INDEX_SECONDS", 0.1)
    monkeypatch.setattr("zi_audit.read.index.Index.size", lambda self: 2)
    assert (await web.get(BUNDLE, web.auditor())).status_code == 503


async def test_the_nearest_cosigned_trees_travel_along_and_bound_the_births(
    home: Home, provider: OwnProvider, intake: Sender
) -> None:
    log, cosigners = witnessed(home, "ombudsman.example/witness")
    others = Sender("notify", case="another")
    for number in range(6):
        home.clock.pass_by(61)
        log.append(intake.say() if number in (1, 3) else others.say())
        cosigned(home, log, *cosigners, at=AFTERWARDS + number)
    async for web in served(home, provider):
        await web.indexed(6)
        packed = await fetched(web)
    evidence = take(packed)
    assert (evidence.manifest.indexes, evidence.manifest.checkpoints) == ((1, 3), (1, 2, 3, 4))
    assert all(evidence.files[f"checkpoints/{size}"] for size in (1, 2, 3, 4))
    assert verdict(packed) == Included()
    assert any("births between 5 cosigned trees" in remark.en for remark in checked(packed).remarks)


def test_of_very_many_older_trees_some_are_taken_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zi_audit.read.case_log.MAX_CHECKPOINTS", 4)
    assert nearest(range(1, 1000), range(0, 900, 90), 1000) == [1, 181, 450, 631]
    assert nearest([2, 5, 9], [4], 10) == [2, 5]
    assert nearest([], [4], 10) == []
    assert nearest([5, 10], [9], 10) == [5]


async def test_a_case_with_more_entries_than_evidence_holds_is_refused(
    web: Web, home: Home, intake: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(intake)
    await written(web, home, intake)
    monkeypatch.setattr("zi_audit.read.case_log.MAX_ENTRIES", 2)
    assert (await web.get(BUNDLE, web.auditor())).status_code == 409


async def test_an_entry_that_is_not_what_was_logged_gives_no_evidence(
    web: Web, home: Home, intake: Sender
) -> None:
    filed(intake)
    await written(web, home, intake)
    [bundle] = (home.folder / "tiles/tile/entries").rglob("3")
    bundle.write_bytes(bundle.read_bytes().replace(b"invented", b"honest__"))
    assert (await web.get(BUNDLE, web.auditor())).status_code == 503
