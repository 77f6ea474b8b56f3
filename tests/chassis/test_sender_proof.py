"""What others put on a sender's stream is told apart from what the sender sent, wherever it stands."""

import secrets
from collections.abc import Callable
from pathlib import Path

import nkeys  # type: ignore[import-untyped]
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_chassis.bus.sender_proof import (
    PUBLIC_KEYS,
    Claim,
    SenderKey,
    SenderVerifier,
    format_public_keys,
    judge,
    read_claim,
    read_public_keys,
)
from zi_chassis.storage.recorded import NO_PREVIOUS, digest

SOURCE = "/zi/office/intake"


def seed() -> bytes:
    return bytes(nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER))


KEY, OTHER_KEY = SenderKey(seed()), SenderKey(seed())
VERIFIER = SenderVerifier(SOURCE, KEY.public)
Bytes = tuple[bytes, str]  # content and header


def chain(length: int, *, key: SenderKey = KEY, source: str = SOURCE, text: str = "") -> list[Bytes]:
    messages: list[Bytes] = []
    previous = NO_PREVIOUS
    for position in range(1, length + 1):
        content = orjson.dumps({"position": position, "previous": previous, "source": source, "text": text})
        previous = digest(content)
        messages.append((content, key.sign(source, position, previous)))
    return messages


HONEST = chain(12)
FORK = chain(12, key=OTHER_KEY, text="somebody else")
OTHER_OFFICE = chain(12, source="/zi/elsewhere/intake")
OTHER_SENDER = chain(12, key=OTHER_KEY, source="/zi/office/notify")


def claims(messages: list[Bytes]) -> list[Claim]:
    return [read_claim(n, content, digest(content), proof) for n, (content, proof) in enumerate(messages, 1)]


def signed(claim: Claim) -> bool:
    return VERIFIER.holds(claim.position, claim.hash, claim.proof)


planted = st.one_of(
    st.binary(max_size=40).map(lambda content: (content, "")),
    st.sampled_from([(content, "") for content, _ in FORK]),
    st.sampled_from(FORK + OTHER_OFFICE + OTHER_SENDER),
    st.sampled_from([(content, proof) for content, _ in FORK for _, proof in HONEST[:3]]),
    st.integers(0, 12),
)
Plants = list[tuple[int, Bytes | int]]


def with_planted(honest: list[Bytes], plants: Plants) -> list[Bytes]:
    """A number stands for a copy of an earlier message, with its proof or without: nobody can copy what is still to come."""
    messages = list(honest)
    for place, message in plants:
        place = min(place, len(messages))
        if isinstance(message, int):
            earlier = messages[:place] + [(content, "") for content, _ in messages[:place]]
            if not earlier:
                continue
            message = earlier[message % len(earlier)]
        messages.insert(place, message)
    return messages


@given(st.lists(st.tuples(st.integers(0, 14), planted), max_size=12), st.integers(1, 12), st.integers(0, 12))
def test_whatever_is_planted_each_honest_message_comes_through_once_and_nothing_else(
    plants: Plants, proofs: int, cut: int
) -> None:
    """`proofs`: only so many of the newest messages are signed, as after an upgrade; `cut`: where one batch ends and the next begins."""
    unsigned = [(content, "") for content, _ in HONEST[:-proofs]]
    every = claims(with_planted([*unsigned, *HONEST[-proofs:]], plants))
    head, accepted, judged = 0, list[str](), 0
    for batch in (every[:cut], every):
        rest = [claim for claim in batch if claim.sequence > judged]
        found = judge(rest, head, signed)
        judged = max(judged, found.until)
        assert not found.proven & found.foreign
        for claim in rest:
            if (
                claim.sequence <= found.until
                and claim.sequence in found.proven
                and claim.position == head + 1
            ):
                accepted.append(claim.hash)
                head += 1
    assert accepted == [digest(content) for content, _ in HONEST]
    honest = set(accepted)
    assert all(claim.hash in honest for claim in every if claim.sequence in found.proven)


@given(st.permutations(range(12)))
def test_of_a_reordered_stream_nothing_that_is_the_senders_is_called_foreign(order: list[int]) -> None:
    found = judge(claims([HONEST[n] for n in order]), 0, signed)
    assert not found.foreign


@given(st.sets(st.integers(0, 10)))
def test_what_may_be_the_senders_behind_a_lost_message_is_not_called_foreign(lost: set[int]) -> None:
    """Of messages from before proofs the chain is all that there is."""
    remaining = [
        (content, "" if n < 11 else proof) for n, (content, proof) in enumerate(HONEST) if n not in lost
    ]
    assert not judge(claims(remaining), 0, signed).foreign


@given(st.integers(1, 12))
def test_one_signature_is_verified_for_a_run_of_honest_messages(length: int) -> None:
    verified = list[Claim]()

    def counting(claim: Claim) -> bool:
        verified.append(claim)
        return signed(claim)

    found = judge(claims(HONEST[:length]), 0, counting)
    assert (len(verified), found.until, len(found.proven)) == (1, length, length)


def test_nothing_is_said_of_messages_behind_the_last_proof() -> None:
    unsigned = [(content, "") for content, _ in HONEST]
    assert judge(claims(unsigned), 0, signed) == (frozenset(), frozenset(), 0)
    found = judge(claims([*HONEST[:3], *unsigned[3:]]), 0, signed)
    assert (found.until, found.foreign) == (3, frozenset())


def test_an_old_message_once_more_says_nothing_of_what_stands_before_it() -> None:
    """As where a sender of an older version went on: its messages wait for the next proof."""
    unsigned = [(content, "") for content, _ in HONEST]
    every = claims([*HONEST[:3], HONEST[1], unsigned[3], HONEST[0]])
    assert judge(every[3:], 3, signed) == (frozenset({4}), frozenset(), 4)
    assert judge(every, 0, signed).until == 4


@pytest.mark.parametrize(
    "forge",
    [
        lambda position, hash: KEY.sign(SOURCE, position + 1, hash),
        lambda position, hash: KEY.sign("/zi/elsewhere/intake", position, hash),
        lambda position, hash: KEY.sign("/zi/office/notify", position, hash),
        lambda position, hash: KEY.sign(SOURCE, position, digest(b"")),
        lambda position, hash: OTHER_KEY.sign(SOURCE, position, hash),
        lambda position, hash: KEY.sign(SOURCE, position, hash)[:-4],
        lambda position, hash: "no base 64!",
        lambda position, hash: "",
        lambda position, hash: "é",
    ],
)
def test_a_proof_holds_for_one_message_of_one_sender(forge: Callable[[int, str], str]) -> None:
    content = HONEST[4][0]
    assert VERIFIER.holds(5, digest(content), HONEST[4][1])
    assert not VERIFIER.holds(5, digest(content), forge(5, digest(content)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"position":0,"previous":""}',
        b'{"position":true,"previous":""}',
        b'{"position":99999999999999999999,"previous":""}',
        b'{"position":1}',
        b'{"position":"1","previous":""}',
    ],
)
def test_bytes_that_are_no_message_claim_no_position(content: bytes) -> None:
    assert read_claim(7, content, digest(content), "x") == Claim(7, digest(content))


def test_the_key_is_derived_and_is_not_the_key_that_lets_a_service_in() -> None:
    text = seed()
    assert SenderKey(text).public == SenderKey(text + b"\n").public
    assert SenderKey(text).public != nkeys.from_seed(bytearray(text))._keys.verify_key.encode().hex()


def test_the_derivation_and_the_signed_text_stay_as_they_are() -> None:
    """Others have to be able to verify; a change here makes every old proof worthless."""
    key = SenderKey(bytes(nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER)))
    assert key.public == "5caddb18899e704933c41f0b4bfb11fd37ed744cdfb6ab8953a3ad34508ae40b"
    assert (
        key.sign(SOURCE, 1, digest(b"x"))
        == "8rWxl5HATwfDAX37P+52OTvJ4ncfm/xzKe1mVZXG6yDp+XwNyXFFnXZIebwZZt2He/ULUrxD/8Fm5DAj3+x7BA=="
    )


def test_public_keys_are_read_back(tmp_path: Path) -> None:
    file = tmp_path / PUBLIC_KEYS
    file.write_text(format_public_keys({"intake": KEY.public}))
    assert read_public_keys(file) == {"intake": KEY.public}
    file.write_text("[]")
    with pytest.raises(ValueError, match="no list"):
        read_public_keys(file)
