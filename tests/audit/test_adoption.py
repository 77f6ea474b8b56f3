"""The policy of keys, witnesses and quorum is an entry of the log each time that it changes, before it is published."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from tests.audit.log_home import URL, Home, Sender
from tests.audit.web import Web
from tests.until import until

from zi_audit.domain.adoption import (
    Adopted,
    AdoptPolicy,
    WitnessPolicyAdopted,
    adoption_id,
    decide,
    evolve,
    may_change,
    policy_digest,
)
from zi_audit.files.halt import HaltError
from zi_audit.files.tile_folder import COSIGNED, PENDING, POLICY
from zi_audit.messaging.published import adoption, publish_policy
from zi_audit.tools.fsck import Fsck
from zi_audit.writer.witnesses import readable
from zi_chassis.domain import Act
from zi_contracts.audit import LONGEST_POLICY
from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness, parse_policy

BY = Act(at=datetime(2026, 12, 1, tzinfo=UTC), actor="system:audit", role="system:audit")
ORIGIN = "log.example/one"
KEY, OTHER = (Signer(ORIGIN, bytes([n]) * 32).key for n in (1, 2))
OMBUDSMAN = Cosigner("ombudsman.example/w", b"o" * 32)
QUORUM = Policy((), (Witness("ombudsman", OMBUDSMAN.key),), (), "ombudsman")
NOBODY = Policy((Log(KEY),)).format()


def adopt(policy: str) -> AdoptPolicy:
    return AdoptPolicy(by=BY, origin=ORIGIN, policy=policy)


def test_each_change_is_told_once_also_back_to_what_was_before() -> None:
    state = adoption.initial
    for policy in ("one", "two", "one"):
        [event] = decide(adopt(policy), state)
        state = evolve(state, event)
        assert decide(adopt(policy), state) == []
        assert state == Adopted(digest=sha256(policy.encode()).hexdigest())


def test_the_event_discloses_the_whole_policy() -> None:
    [event] = decide(adopt("quorum none\n"), adoption.initial)
    assert isinstance(event, WitnessPolicyAdopted)
    disclosure = publish_policy(event, adoption.initial)
    assert disclosure.subject == "ledger"
    assert dict(disclosure.data) == {
        "origin": ORIGIN,
        "policy": "quorum none\n",
        "digest": policy_digest(b"quorum none\n"),
    }


def test_each_log_adopts_for_itself() -> None:
    assert adoption_id(ORIGIN) == adoption_id(ORIGIN) != adoption_id("log.example/two")


def test_a_policy_may_change_when_the_log_has_adopted_it() -> None:
    wanted = Policy((Log(KEY),), QUORUM.witnesses, (), QUORUM.quorum).format()
    assert not may_change(NOBODY, wanted, None, [KEY])
    assert not may_change(NOBODY, wanted, policy_digest(NOBODY), [KEY])
    assert may_change(NOBODY, wanted, policy_digest(wanted), [KEY])


@pytest.mark.parametrize("published", [None, b"nonsense", Policy((Log(OTHER),)).format()])
def test_a_policy_that_accepts_nothing_that_is_signed_now_waits_for_nothing(published: bytes | None) -> None:
    assert may_change(published, NOBODY, None, [KEY])


def test_a_key_that_follows_waits_while_the_first_one_signs_too() -> None:
    both = Policy((Log(KEY), Log(OTHER))).format()
    assert may_change(NOBODY, NOBODY, None, [KEY])
    assert not may_change(NOBODY, both, None, [KEY, OTHER])
    assert not may_change(both, Policy((Log(OTHER),)).format(), None, [OTHER])


def test_until_then_the_published_policy_counts(home: Home, intake: Sender) -> None:
    log = home.opened()
    log.append(intake.say(2))
    before = home.read(POLICY)
    home.witnesses = QUORUM
    log = home.log()
    log.open(URL, policy_may_change=lambda: False)
    assert home.read(POLICY) == before
    assert parse_policy(home.read(PENDING)).quorum == "ombudsman"
    assert log.witnesses.quorum == "none"
    log.append(intake.say(1))
    assert log.cosigned_size == 3
    assert home.tiles.read(COSIGNED) is None
    assert Fsck(home.ledger(), home.tiles, home.keys).run().findings == []
    log = home.opened()
    assert home.tiles.read(PENDING) is None
    assert parse_policy(home.read(POLICY)).quorum == log.witnesses.quorum == "ombudsman"


def test_a_witness_that_is_left_out_counts_until_then(home: Home, intake: Sender) -> None:
    home.witnesses = QUORUM
    home.opened().append(intake.say(2))
    home.witnesses = Policy(())
    log = home.log()
    log.open(URL, policy_may_change=lambda: False)
    note = parse_note(log.head.checkpoint)
    log.cosign(note.signed(OMBUDSMAN.cosign(note.text, 1_700_000_000)).format())
    assert log.cosigned_size == 2


@pytest.mark.parametrize("policy", [b"x" * (LONGEST_POLICY + 1), b"\xff"])
def test_a_policy_that_no_entry_can_hold_is_refused(policy: bytes) -> None:
    with pytest.raises(HaltError, match="can't record it"):
        readable(policy)
    assert readable(b"x" * LONGEST_POLICY)


async def test_audit_tells_what_waits_and_otherwise_what_is_published(home: Home, web: Web) -> None:
    def published() -> list[str]:
        return [message.data["policy"] for message in web.policies()]

    home.opened()
    first = home.read(POLICY).decode()
    await until(lambda: published() == [first])
    home.tiles.replace(PENDING, b"quorum none\n")
    await until(lambda: published() == [first, "quorum none\n"])
    home.tiles.remove(PENDING)
    await until(lambda: published() == [first, "quorum none\n", first])
    [message, *_] = web.policies()
    assert (message.actor, message.actorrole, message.subject) == ("system:audit", "system:audit", "ledger")
