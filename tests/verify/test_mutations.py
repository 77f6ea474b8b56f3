"""A random log, one random change: it is found, and the first bad entry is named."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.verify.kept_log import KeptLog, StoppedError, replayed
from tests.verify.sample_log import Sender

from zi_tlog.tile import decode_bundle, encode_bundle
from zi_verify.memory import Memory
from zi_verify.verdict import Failed, Included

SOURCES = ("/zi/contoh/intake", "/zi/contoh/notify", "/zi/contoh/audit")
AGGREGATES = [[uuid5(NAMESPACE_DNS, f"{source} {number}") for number in range(5)] for source in SOURCES]


@dataclass(frozen=True)
class Story:
    """A sequence of `size` messages of several senders, drawn from `seed`."""

    size: int
    seed: int

    @property
    def turns(self) -> list[int]:
        return [who for who, _ in self._drawn()]

    def _drawn(self) -> list[tuple[int, int]]:
        chance = Random(self.seed)
        return [(chance.randrange(len(SOURCES)), chance.randrange(len(AGGREGATES))) for _ in range(self.size)]

    def entries(self, changed: int | None = None) -> list[bytes]:
        """The messages; at `changed` something else is said, and all that follows is chained to that."""
        senders = [Sender(source) for source in SOURCES]
        return [
            senders[who].say(aggregate=AGGREGATES[who][what], word="changed" if turn == changed else "said")
            for turn, (who, what) in enumerate(self._drawn())
        ]

    def following(self, index: int) -> int:
        """The next entry of the sender of entry `index`; what has none is no example."""
        turns = self.turns
        later = [turn for turn in range(index + 1, self.size) if turns[turn] == turns[index]]
        assume(later)
        return later[0]


SIZES = st.one_of(st.integers(2, 40), st.sampled_from([255, 256, 257, 511, 512, 520]))


@st.composite
def stories(draw: st.DrawFn) -> tuple[Story, int]:
    """A story, its length near the edges of tiles as often as not, and one entry of it."""
    story = Story(draw(SIZES), draw(st.integers(0, 2**32)))
    return story, draw(st.integers(0, story.size - 1))


@given(stories())
@settings(max_examples=30, deadline=None)
def test_an_honest_log_passes_again_and_again(story_and_index: tuple[Story, int]) -> None:
    story, index = story_and_index
    memory, entries = Memory(None), story.entries()
    log = KeptLog(entries[:index])
    assert replayed(log, memory).verdict == Included()
    log.append(entries[index:])
    assert replayed(log, memory).verdict == Included()


def _edit(entries: list[bytes], place: int) -> bytes:
    entries[place] = entries[place].replace(b"said", b"Said")
    return encode_bundle(entries)


def _insert(entries: list[bytes], place: int) -> bytes:
    return encode_bundle([*entries[:place], entries[place] + b" ", *entries[place:]])


def _delete(entries: list[bytes], place: int) -> bytes:
    return encode_bundle([*entries[:place], *entries[place + 1 :]])


def _reorder(entries: list[bytes], place: int) -> bytes:
    assume(place + 1 < len(entries))
    return encode_bundle([*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]])


def _truncate(entries: list[bytes], place: int) -> bytes:
    return encode_bundle(entries[: place + 1])[:-1]


@pytest.mark.parametrize("change", [_edit, _insert, _delete, _reorder, _truncate])
@given(story_and_index=stories())
@settings(max_examples=25, deadline=None)
def test_a_changed_bundle_names_its_first_bad_entry(
    change: Callable[[list[bytes], int], bytes], story_and_index: tuple[Story, int]
) -> None:
    story, index = story_and_index
    log = KeptLog(story.entries())
    name = log.file_of("entries", index)
    first = index // 256 * 256
    width = min(256, story.size - first)
    log.files[name] = change(decode_bundle(log.files[name], width), index - first)
    assert replayed(log).first_bad == index


@given(stories(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_changed_tile_names_its_first_bad_entry(story_and_index: tuple[Story, int], is_cut: bool) -> None:
    story, index = story_and_index
    log = KeptLog(story.entries())
    name, at = log.file_of("0", index), index % 256 * 32
    if is_cut:
        log.files[name] = log.files[name][:at]
    else:
        log.flip(name, at)
    assert replayed(log).first_bad == index


@given(stories())
@settings(max_examples=40, deadline=None)
def test_a_message_edited_before_it_was_logged_shows_at_the_next_one_of_its_sender(
    story_and_index: tuple[Story, int],
) -> None:
    story, index = story_and_index
    following = story.following(index)
    entries = story.entries()
    entries[index] = entries[index].replace(b"said", b"Said")
    assert replayed(KeptLog(entries)).first_bad == following


@given(stories())
@settings(max_examples=40, deadline=None)
def test_a_message_that_was_left_out_shows_at_the_next_one_of_its_sender(
    story_and_index: tuple[Story, int],
) -> None:
    story, index = story_and_index
    following = story.following(index)
    entries = story.entries()
    del entries[index]
    assert replayed(KeptLog(entries)).first_bad == following - 1


@given(stories(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_message_that_was_slipped_in_or_replayed_is_named(
    story_and_index: tuple[Story, int], data: st.DataObject
) -> None:
    story, index = story_and_index
    entries = story.entries()
    earlier = entries[data.draw(st.integers(0, index))]
    entries.insert(index + 1, data.draw(st.sampled_from([earlier, earlier.replace(b"said", b"Said")])))
    assert replayed(KeptLog(entries)).first_bad == index + 1


@given(stories())
@settings(max_examples=40, deadline=None)
def test_two_messages_of_one_sender_in_the_wrong_order_are_named(story_and_index: tuple[Story, int]) -> None:
    story, index = story_and_index
    following = story.following(index)
    entries = story.entries()
    entries[index], entries[following] = entries[following], entries[index]
    assert replayed(KeptLog(entries)).first_bad == index


@given(stories())
@settings(max_examples=40, deadline=None)
def test_a_past_that_was_rewritten_with_every_chain_is_a_fork_and_its_tile_is_named(
    story_and_index: tuple[Story, int],
) -> None:
    story, index = story_and_index
    memory = Memory(None)
    assert replayed(KeptLog(story.entries()), memory).verdict == Included()
    forked = replayed(KeptLog(story.entries(changed=index)), memory)
    assert isinstance(forked.verdict, Failed)
    assert [finding.why.en.split(":")[0] for finding in forked.verdict.findings] == ["fork"]
    assert forked.first_bad == index // 256 * 256
    assert forked.forked_from


@given(stories())
@settings(max_examples=40, deadline=None)
def test_a_log_that_was_rolled_back_is_named_with_its_first_missing_entry(
    story_and_index: tuple[Story, int],
) -> None:
    story, index = story_and_index
    memory = Memory(None)
    assert replayed(KeptLog(story.entries()), memory).verdict == Included()
    rolled = replayed(KeptLog(story.entries()[:index]), memory)
    assert isinstance(rolled.verdict, Failed)
    assert [finding.why.en.split(":")[0] for finding in rolled.verdict.findings] == ["rollback"]
    assert rolled.first_bad == index


@given(stories(), st.integers(0, 31), st.data())
@settings(max_examples=40, deadline=None)
def test_a_resumed_run_says_what_a_whole_one_says(
    story_and_index: tuple[Story, int], place: int, data: st.DataObject
) -> None:
    story, index = story_and_index
    memory, log = Memory(None), KeptLog(story.entries())
    with pytest.raises(StoppedError):
        replayed(log, memory, stop_at=index + 1)
    reached = memory.interrupted(log.signer.key.name)
    read_before = 0 if reached is None else reached[0].edge.size // 256
    unread = {f"tile/entries/{number:03d}" for number in range(read_before)}
    log.flip(data.draw(st.sampled_from(sorted(log.files.keys() - unread - {"witness-policy"}))), place)
    resumed, whole = replayed(log, memory), replayed(log, is_whole=True)
    assert resumed.verdict == whole.verdict
    assert resumed.senders == whole.senders
