import pytest
from tests.witness.log import Log

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.note import Note, Signer, Verifier, parse_note
from zi_tlog.tree import EMPTY_ROOT
from zi_tlog.witness import AddCheckpoint
from zi_witness.refusal import (
    CosigningRefusedError,
    InconsistentError,
    MalformedError,
    OldSizeError,
    UnknownLogError,
    UnsignedError,
)
from zi_witness.rule import CosignedHead, contradicts, must_continue, read_offer

LOG = Log()
FORK = Log(fork=3)
STRANGER = Signer("stranger.example", bytes(32))


def keys(origin: str) -> list[Verifier]:
    return [LOG.signer.verifier] if origin == LOG.origin else []


def judged(request: AddCheckpoint, last: CosignedHead) -> None:
    must_continue(read_offer(request.format(), keys), last)


def assert_that_it_says_why(refused: CosigningRefusedError) -> None:
    """In the words of what was found in the request."""
    assert str(refused) == str(refused.__cause__) != ""


def at(log: Log, size: int) -> CosignedHead:
    return CosignedHead(size, log.root(size))


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 1), (0, 9), (1, 1), (1, 2), (5, 9), (8, 9), (9, 9)])
def test_a_tree_that_continues_the_last_one_is_accepted(old: int, size: int) -> None:
    judged(LOG.request(old, size), at(LOG, old))


def test_of_the_signatures_only_those_of_trusted_keys_are_kept() -> None:
    text = parse_note(LOG.checkpoint(5)).text
    note = Note(text, (STRANGER.sign(text), LOG.signer.sign(text)))
    offer = read_offer(AddCheckpoint(0, (), note.format()).format(), keys)
    assert [line.name for line in offer.note.signatures] == [LOG.origin]


@pytest.mark.parametrize(
    "body",
    [b"", b"old 1\n", b"old 0\n\n", b"old 0\n\nno note\n", b"old 0\n\n\xff\n\n\xe2\x80\x94 n AAAAAAA=\n"],
)
def test_what_is_no_request_is_refused_with_400(body: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        read_offer(body, keys)
    assert refused.value.status == 400
    assert_that_it_says_why(refused.value)


def test_a_signed_note_that_is_no_checkpoint_is_refused_with_400() -> None:
    note = LOG.signer.note(f"{LOG.origin}\nmany\n")
    with pytest.raises(MalformedError) as refused:
        read_offer(AddCheckpoint(0, (), note).format(), keys)
    assert_that_it_says_why(refused.value)


def test_an_old_size_beyond_the_checkpoint_is_refused_with_400() -> None:
    with pytest.raises(MalformedError, match="beyond"):
        read_offer(AddCheckpoint(6, (), LOG.checkpoint(5)).format(), keys)


def test_an_unsigned_checkpoint_is_refused_with_403() -> None:
    text = parse_note(LOG.checkpoint(5)).text
    with pytest.raises(UnsignedError) as refused:
        read_offer(AddCheckpoint(0, (), STRANGER.note(text)).format(), keys)
    assert refused.value.status == 403
    assert_that_it_says_why(refused.value)


def test_a_broken_signature_of_the_log_is_refused_with_403() -> None:
    other = Note(parse_note(LOG.checkpoint(5)).text, parse_note(LOG.checkpoint(4)).signatures)
    with pytest.raises(UnsignedError):
        read_offer(AddCheckpoint(0, (), other.format()).format(), keys)


def test_a_log_that_is_not_watched_is_refused_with_404() -> None:
    with pytest.raises(UnknownLogError, match=r"unknown\.example") as refused:
        read_offer(Log(origin="unknown.example").request(0, 5).format(), keys)
    assert refused.value.status == 404


@pytest.mark.parametrize(("old", "last"), [(0, 5), (4, 5), (5, 4), (5, 9)])
def test_another_old_size_is_refused_with_409_and_told_the_right_one(old: int, last: int) -> None:
    with pytest.raises(OldSizeError) as refused:
        judged(LOG.request(old, 5), at(LOG, last))
    assert (refused.value.status, refused.value.size) == (409, last)


REFUSED = {
    "the tree is forked": (FORK.request(5, 9), at(LOG, 5)),
    "the same size has another root": (FORK.request(5, 5), at(LOG, 5)),
    "the proof is missing": (AddCheckpoint(5, (), LOG.checkpoint(9)), at(LOG, 5)),
    "the proof is of another size": (
        AddCheckpoint(5, LOG.request(4, 9).proof, LOG.checkpoint(9)),
        at(LOG, 5),
    ),
    "nothing was cosigned and there is a proof": (
        AddCheckpoint(0, LOG.request(4, 9).proof, LOG.checkpoint(9)),
        CosignedHead(),
    ),
    "the size is the same and there is a proof": (
        AddCheckpoint(5, LOG.request(4, 9).proof, LOG.checkpoint(5)),
        at(LOG, 5),
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_does_not_continue_the_last_tree_is_refused_with_422(why: str) -> None:
    with pytest.raises(InconsistentError) as refused:
        judged(*REFUSED[why])
    assert refused.value.status == 422
    assert_that_it_says_why(refused.value)


def test_an_empty_tree_with_a_root_is_refused_with_422() -> None:
    text = Checkpoint(LOG.origin, 1, bytes(32)).text.replace("\n1\n", "\n0\n")
    with pytest.raises(InconsistentError) as refused:
        read_offer(AddCheckpoint(0, (), LOG.signer.note(text)).format(), keys)
    assert_that_it_says_why(refused.value)


def test_the_empty_tree_is_where_every_log_begins() -> None:
    assert CosignedHead() == CosignedHead(0, EMPTY_ROOT)


def test_two_trees_of_one_size_are_a_contradiction_even_if_the_old_size_is_wrong() -> None:
    offer = read_offer(FORK.request(0, 5).format(), keys)
    assert contradicts(offer, at(LOG, 5))
    assert not contradicts(offer, at(LOG, 6))
    assert not contradicts(read_offer(LOG.request(0, 5).format(), keys), at(LOG, 5))
    with pytest.raises(CosigningRefusedError):
        must_continue(offer, at(LOG, 5))
