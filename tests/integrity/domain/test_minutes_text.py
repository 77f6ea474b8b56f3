"""The text that is signed for: one spelling, every dissent, and a place where a text was erased."""

import json

from tests.integrity.minutes_steps import (
    ENOUGH,
    FORUM,
    FORUM_BEGINS,
    TEAM,
    WRITTEN,
    dissent,
    point,
    state_after,
)

from zi_integrity.domain.minutes.messages import WithdrawPoint
from zi_integrity.domain.minutes.state import ForumMinutes
from zi_integrity.domain.minutes.text import ForumFacts, items_of, minutes_text
from zi_integrity.domain.minutes_ids import action_id, attendance_id, minutes_id
from zi_integrity.messaging.minutes_published import minutes_of_forums as decider

FACTS = ForumFacts(forum=FORUM, number="2022-1", theme="Standar pelayanan", begins=FORUM_BEGINS, place=None)


def texts_of(minutes: ForumMinutes) -> dict[object, str]:
    return {item.item: f"text of {item.field}" for item in items_of(minutes)}


def test_the_text_has_each_standing_point_with_its_dissents() -> None:
    minutes = state_after(decider, *WRITTEN, WithdrawPoint(by=TEAM, point=2), dissent("later"))
    text = minutes_text(FACTS, minutes, texts_of(minutes))  # type: ignore[arg-type]
    [entry] = text.entries
    assert (entry.point, entry.issue, entry.agreement) == (
        1,
        "text of minutes.issue",
        "text of minutes.agreement",
    )
    assert [each.text for each in entry.dissents] == ["text of minutes.dissent"] * 2
    assert (text.edition, text.quorum) == (6, True)


def test_what_was_erased_leaves_its_place() -> None:
    minutes = state_after(decider, *WRITTEN)
    text = minutes_text(FACTS, minutes, {})
    assert [(entry.issue, entry.agreement) for entry in text.entries] == [(None, None)] * 2
    assert text.entries[0].dissents[0].text is None


def test_the_digest_changes_with_every_edition_and_with_nothing_else() -> None:
    before, after = (
        state_after(decider, point("a"), ENOUGH),
        state_after(decider, point("a"), ENOUGH, point("b")),
    )
    digests = {minutes_text(FACTS, each, {}).digest for each in (before, after, before)}
    assert len(digests) == 2


def test_the_spelling_is_canonical_json() -> None:
    text = minutes_text(FACTS, state_after(decider, point("a", agreed=False)), {})
    fields = json.loads(text.render())
    assert (
        text.render()
        == json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )
    assert (text.quorum, text.attendance) == (None, ())


def test_ids_follow_from_the_forum() -> None:
    ids = {attendance_id(FORUM), minutes_id(FORUM), action_id(FORUM, 1), action_id(FORUM, 2)}
    assert len(ids) == 4
    assert action_id(FORUM, 1) == action_id(FORUM, 1)
