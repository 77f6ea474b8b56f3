"""The ledger as anybody sees it over HTTP."""

from pathlib import Path

import pytest
from metamorphic_log import metamorphic_log as foreign  # type: ignore[import-untyped]
from tests.audit.log_home import Home, Sender
from tests.audit.web import Web

from zi_audit.files.halt import Reason
from zi_audit.files.sender_proofs import FILE, SenderProof, publish
from zi_audit.files.status import WriterStatus, write_status
from zi_audit.files.tile_folder import TileFolder
from zi_chassis.bucket import BucketAddress, BucketAwayError
from zi_tlog.policy import parse_policy
from zi_tlog.proof import parse_proof, verify_proof
from zi_tlog.tree import leaf_hash


async def test_a_receipt_holds_for_us_and_for_a_verifier_that_is_not_ours(
    web: Web, home: Home, intake: Sender
) -> None:
    home.opened().append(intake.say(300))
    await web.indexed(300)
    policy = (await web.get("/audit/api/witness-policy")).content
    for position in (1, 256, 300):
        answer = await web.get(f"/audit/api/receipts/{intake.event_id(position)}")
        assert answer.status_code == 200
        proof, entry = parse_proof(answer.content), intake.sent[position - 1].content
        assert verify_proof(proof, entry, parse_policy(policy)).checkpoint.size == 300
        foreign.checkpoint_verify_inclusion(
            proof.checkpoint.decode(),
            [home.signer.key.vkey],
            proof.index,
            leaf_hash(entry),
            list(proof.hashes),
        )


async def test_what_each_sender_signed_last_is_for_everybody(web: Web, home: Home) -> None:
    assert (await web.get("/audit/api/senders")).json() == []
    proof = SenderProof(
        source="/zi/office/intake", position=3, hash="a" * 64, proof="cHJvb2Y=", public_key="b" * 64
    )
    publish(home.tiles, [proof])
    answer = await web.get("/audit/api/senders")
    assert [SenderProof.model_validate(each) for each in answer.json()] == [proof]
    home.tiles.replace(FILE, b"nothing that can be read")
    assert (await web.get("/audit/api/senders")).json() == []


async def test_an_event_that_is_not_in_the_log_yet_is_to_be_asked_for_again(web: Web, intake: Sender) -> None:
    answer = await web.get(f"/audit/api/receipts/{intake.event_id(1)}")
    assert answer.status_code == 404
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_bucket_that_is_away_is_not_available_now(
    web: Web, home: Home, intake: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.opened().append(intake.say(3))
    await web.indexed(3)
    address = BucketAddress("bucket", "office")

    def away(*_: object) -> None:
        raise BucketAwayError(address, "secret details of a network")

    paths = ["log/checkpoint", "log/tile/0/000.p/3", f"api/receipts/{intake.event_id(1)}"]
    with monkeypatch.context() as network:
        network.setattr(TileFolder, "read", away)
        for path in paths:
            answer = await web.get(f"/audit/{path}")
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert "secret details" not in answer.text
    assert [(await web.get(f"/audit/{path}")).status_code for path in paths] == [200, 200, 200]


async def test_a_damaged_tile_gives_no_receipt(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    await web.indexed(3)
    tile = home.folder / "tiles/tile/0/000.p/3"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert (await web.get(f"/audit/api/receipts/{intake.event_id(2)}")).status_code == 503


async def test_the_files_of_the_log_are_served_as_the_specification_says(
    web: Web, home: Home, intake: Sender
) -> None:
    home.clock.pass_by(60)
    home.opened().append(intake.say(300))
    checkpoint = await web.get("/audit/log/checkpoint")
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert foreign.checkpoint_verify(checkpoint.text, [home.signer.key.vkey]).size == 300
    tile = await web.get("/audit/log/tile/0/001.p/44")
    assert (len(tile.content), tile.headers["Content-Type"]) == (44 * 32, "application/octet-stream")
    assert "immutable" in tile.headers["Cache-Control"]
    assert (await web.get("/audit/log/checkpoints/")).text == "300\n"
    assert (await web.get("/audit/log/checkpoints/?after=299")).text == "300\n"
    assert (await web.get("/audit/log/checkpoints/?after=300")).text == ""
    assert (await web.get("/audit/log/checkpoints/300")).content == checkpoint.content
    for size in ("-1", "9" * 300):
        assert (await web.get(f"/audit/log/checkpoints/{size}")).status_code == 422


async def test_the_newest_cosigned_checkpoint_is_served_beside_the_newest_one(web: Web, home: Home) -> None:
    home.opened()
    assert (await web.get("/audit/log/cosigned")).status_code == 404
    (home.folder / "tiles/cosigned").write_bytes(b"the newest that the quorum cosigned")
    cosigned = await web.get("/audit/log/cosigned")
    assert (cosigned.content, cosigned.headers["Cache-Control"]) == (
        b"the newest that the quorum cosigned",
        "no-cache",
    )


@pytest.mark.parametrize(
    "path",
    [
        "0/002",
        "0/1",
        "0/000.p/0",
        "0/000.p/256",
        "99/000",
        "0/%2e%2e/%2e%2e/checkpoint",
        "entries/%2e%2e/%2e%2e/secrets/log-key",
    ],
)
async def test_what_no_log_has_is_not_found(web: Web, home: Home, intake: Sender, path: str) -> None:
    home.opened().append(intake.say(300))
    assert (await web.get(f"/audit/log/tile/{path}")).status_code == 404


async def test_entry_bundles_are_for_auditors(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    assert (await web.get("/audit/log/tile/entries/000.p/3")).status_code == 401
    assert (await web.get("/audit/log/tile/entries/000.p/3", web.auditor("officer"))).status_code == 403
    answer = await web.get("/audit/log/tile/entries/000.p/3", web.auditor())
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


async def test_an_office_may_open_its_entry_bundles(open_web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    assert (await open_web.get("/audit/log/tile/entries/000.p/3")).status_code == 200


async def test_an_entry_is_for_its_case_and_for_auditors(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    await web.indexed(3)
    path = f"/audit/api/entries/{intake.event_id(2)}"
    assert (await web.get(path)).status_code == 401
    assert (await web.get(path, web.case("ANOTHER00"))).status_code == 401
    assert (await web.get(path, web.case(intake.case))).content == intake.sent[1].content
    assert (await web.get(path, web.auditor())).content == intake.sent[1].content


async def test_entry_bundles_with_references_of_persons_stay_closed(
    open_web: Web, home: Home, intake: Sender
) -> None:
    """Or whoever files under a contact that they suspect could find its owner's other cases."""
    log = home.opened()
    log.append([intake.send(intake.message(data={"person_ref": None}))])
    assert (await open_web.get("/audit/log/tile/entries/000.p/1")).status_code == 200
    log.append([intake.send(intake.message(data={"person_ref": "a" * 64}))])
    assert (await open_web.get("/audit/log/tile/entries/000.p/2")).status_code == 401
    read = await open_web.get("/audit/log/tile/entries/000.p/2", open_web.auditor())
    assert (read.status_code, "no-store" in read.headers["Cache-Control"]) == (200, True)


async def test_a_damaged_bundle_gives_no_entry(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    await web.indexed(3)
    bundle = home.folder / "tiles/tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b"invented", b"honest__"))
    assert (await web.get(f"/audit/api/entries/{intake.event_id(2)}", web.auditor())).status_code == 503


async def test_indexes_are_told_to_who_knows_the_events(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    await web.indexed(3)
    first, unknown = str(intake.event_id(1)), str(intake.event_id(9))
    answer = await web.client.get("/audit/api/indexes", params={"event": [first, unknown]})
    assert answer.json() == {first: 0, unknown: None}


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "The ledger is running"), ("id", "Catatan publik berjalan")]
)
async def test_the_page_shows_what_was_signed(
    web: Web, home: Home, intake: Sender, language: str, sentence: str
) -> None:
    home.opened().append(intake.say(3))
    write_status(home.tiles, WriterStatus(at=web.tail._clock.now()))
    page = (await web.get(f"/audit/?lang={language}")).text
    assert sentence in page
    assert home.signer.key.vkey.replace("+", "&#43;") in page or home.signer.key.vkey in page


@pytest.mark.parametrize("reason", Reason)
async def test_the_page_says_why_the_log_has_stopped(
    web: Web, home: Home, intake: Sender, reason: Reason
) -> None:
    home.opened().append(intake.say(3))
    write_status(home.tiles, WriterStatus(at=home.clock.now(), stopped=reason, sentence="for the operator"))
    page = (await web.get("/audit/?lang=en")).text
    assert "The ledger has stopped" in page
    assert "for the operator" not in page
    await web.indexed(3)
    for path in ("log/checkpoint", "log/tile/0/000.p/3", f"api/receipts/{intake.event_id(2)}"):
        assert (await web.get(f"/audit/{path}")).status_code == 200


async def test_the_page_says_that_the_writer_is_silent(web: Web, home: Home, intake: Sender) -> None:
    home.opened().append(intake.say(3))
    write_status(home.tiles, WriterStatus(at=home.clock.now()))
    assert "silent" in (await web.get("/audit/?lang=en")).text


async def test_the_page_shows_breaks(web: Web, home: Home, intake: Sender) -> None:
    first, _, third = intake.say(3)
    home.opened().append([first, third])
    await web.indexed(2)
    assert "messages before it are missing" in (await web.get("/audit/?lang=en")).text


async def test_the_page_of_damaged_files_says_so(
    web: Web, home: Home, intake: Sender, tmp_path: Path
) -> None:
    home.opened().append(intake.say(3))
    (home.folder / "tiles/checkpoint").write_bytes(b"no note")
    assert "contradict each other" in (await web.get("/audit/?lang=en")).text


async def test_before_the_first_start_of_the_writer_the_page_says_so(web: Web) -> None:
    assert "has not started yet" in (await web.get("/audit/?lang=en")).text
    assert (await web.get("/audit/log/checkpoint")).status_code == 404
