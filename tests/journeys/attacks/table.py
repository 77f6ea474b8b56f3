"""The table of attacks by place and of the checks that find them: the tests try it, docs/trust.md shows it.

`python -m tests.journeys.attacks.table` writes the table into the document."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from tests.journeys.attacks import in_backup, in_log, in_store, on_bus
from tests.journeys.attacks.attack import Attack
from tests.journeys.attacks.check import Check
from tests.journeys.attacks.strike import Strike

DOCUMENT = Path(__file__).parents[3] / "docs" / "trust.md"
BEGIN, END = "<!-- attacks: generated -->", "<!-- attacks: end -->"


class Place(StrEnum):
    EVENT = "stored event"
    MESSAGE = "message row"
    ITEM = "vault item"
    PUBLISHED = "published message"
    LANE = "another's lane"
    ROW = "ledger row"
    BUNDLE = "entry bundle"
    TILE = "tile"
    CHECKPOINT = "checkpoint"
    BACKUP = "whole backup"


class Hand(StrEnum):
    """One who changes that place and nothing else; its owner, who has its keys and makes everything agree that is in their hands."""

    ALONE = "alone"
    OWNER = "owner"


class Nobody(StrEnum):
    """No check finds it: the programs mend it, or only persons can know."""

    MENDED = "M"
    PERSON = "X"


Spot = tuple[Place, Hand]

STRIKES: Mapping[Spot, Strike] = {
    (Place.EVENT, Hand.ALONE): in_store.event_alone,
    (Place.EVENT, Hand.OWNER): in_store.event_with_all_that_follows,
    (Place.MESSAGE, Hand.ALONE): in_store.message_alone,
    (Place.MESSAGE, Hand.OWNER): in_store.message_with_its_chain,
    (Place.ITEM, Hand.ALONE): in_store.item_alone,
    (Place.ITEM, Hand.OWNER): in_store.item_sealed_anew,
    (Place.PUBLISHED, Hand.ALONE): on_bus.published_alone,
    (Place.PUBLISHED, Hand.OWNER): on_bus.published_with_its_chain,
    (Place.LANE, Hand.ALONE): on_bus.anothers_name,
    (Place.LANE, Hand.OWNER): on_bus.anothers_name_and_chain,
    (Place.ROW, Hand.ALONE): in_log.row_alone,
    (Place.ROW, Hand.OWNER): in_log.log_written_anew,
    (Place.BUNDLE, Hand.ALONE): in_log.bundle_alone,
    (Place.BUNDLE, Hand.OWNER): in_log.bundle_with_the_tiles_above,
    (Place.TILE, Hand.ALONE): in_log.tile_alone,
    (Place.TILE, Hand.OWNER): in_log.tile_under_a_new_checkpoint,
    (Place.CHECKPOINT, Hand.ALONE): in_log.checkpoint_alone,
    (Place.CHECKPOINT, Hand.OWNER): in_log.checkpoint_signed_anew,
    (Place.BACKUP, Hand.ALONE): in_backup.part_put_back,
    (Place.BACKUP, Hand.OWNER): in_backup.house_put_back,
}

# In the order of Attack; a dash where the pair means nothing.
FOUND: Mapping[Spot, str] = {
    (Place.EVENT, Hand.ALONE): "A A A A A A A A A A",
    (Place.EVENT, Hand.OWNER): "RAO RAO RAO RAO AO RAO AO X RAO RAO",
    (Place.MESSAGE, Hand.ALONE): "RA A A A AO RA AO A RA RA",
    (Place.MESSAGE, Hand.OWNER): "RAO RAO RAO RAO AO RAO AO A RAO RAO",
    (Place.ITEM, Hand.ALONE): "RA A RA RA RA - RA RA - RA",
    (Place.ITEM, Hand.OWNER): "RA A - - - - - - - X",
    (Place.PUBLISHED, Hand.ALONE): "LRAPN LRON LRAOPN LRN M RAOP M M LRAPN LRAPN",
    (Place.PUBLISHED, Hand.OWNER): "RAOP RAOP RAOP RAOP M RAOP M AO LRAOP RAOP",
    (Place.LANE, Hand.ALONE): "- LON - - - - - LON - -",
    (Place.LANE, Hand.OWNER): "- ON - - - - - ON - -",
    (Place.ROW, Hand.ALONE): "F F F F F FH FH F F F",
    (Place.ROW, Hand.OWNER): "CRAPW CRAPW CRAPW CRAPW CRPW CRAPW CRPW A LRAPW CRAPW",
    (Place.BUNDLE, Hand.ALONE): "LRFA LRFAP LRFAP LRFP LRFAP LRFA LRFAP LRFAP LRFA LRFA",
    (Place.BUNDLE, Hand.OWNER): "LRFAHP LRFAHP LRFAHP LRFAHP LRFAHP LRFAHP LRFAHP - LRFAHP LRFAHP",
    (Place.TILE, Hand.ALONE): "LRFHP LRFHP LRFHP LRFHP LRFHP LRFHP LRFHP LRFHP - -",
    (Place.TILE, Hand.OWNER): "LRFHPW CRFAHPW CRFAHPW LRFHPW CRFAHPW LRFHPW CRFAHPW RFAHP - -",
    (Place.CHECKPOINT, Hand.ALONE): "LRFAHPW - LRFPW - LRFAHPW - CRPW - - LRFAHPW",
    (Place.CHECKPOINT, Hand.OWNER): "LRFHPW - - - - CRPW - - - -",
    (Place.BACKUP, Hand.ALONE): "- - - - AO - CRHPW - - -",
    (Place.BACKUP, Hand.OWNER): "CPW CPW CPW CPW CAPW CRPW CPW CW LRPW CPW",
}
# Why a pair means nothing.
ADDS = "Who speaks in another's name can only add to what that one said: forge an act, or repeat one."
NOT_ADDED = "edit, delete, reorder, truncate, fork, roll back, backdate, swap the actor"
ONE_COPY = "There is one copy, read by the office alone: a fork of it is an edit."
NO_TIME = "It carries no time."
NO_ACTOR = "It names nobody."
BOUND = (
    "With the key or without: an item opens only as itself, so this is the same as by one without the key."
)
ONE_NOTE = "It is one signed text, in which nothing has an order."
STRANGERS = "A line more is the signature of a key that nobody knows; it is ignored."
UNSIGNED = "It needs the log's key: see the second table."
ANY_TEXT = "Whatever else is signed is another root for a size (edit) or another history (fork)."
OLDER = "An older checkpoint once more is rolling back, which needs no new signature."
NO_ROOM = "The file holds as many entries as the checkpoint says; one more is read by nobody."
PART = "A backup is made of the places above: a change in it is a change there, found in the same way."
NOTHING: Mapping[Spot, Mapping[str, str]] = {
    (Place.ITEM, Hand.ALONE): {ONE_COPY: "fork", NO_TIME: "backdate"},
    (Place.ITEM, Hand.OWNER): {
        ONE_COPY: "fork",
        NO_TIME: "backdate",
        BOUND: "delete, reorder, truncate, roll back, replay",
    },
    (Place.LANE, Hand.ALONE): {ADDS: NOT_ADDED},
    (Place.LANE, Hand.OWNER): {ADDS: NOT_ADDED},
    (Place.BUNDLE, Hand.OWNER): {NO_ROOM: "replay"},
    (Place.TILE, Hand.ALONE): {NO_TIME: "backdate", NO_ACTOR: "swap the actor"},
    (Place.TILE, Hand.OWNER): {NO_TIME: "backdate", NO_ACTOR: "swap the actor"},
    (Place.CHECKPOINT, Hand.ALONE): {
        STRANGERS: "insert",
        ONE_NOTE: "reorder",
        UNSIGNED: "fork",
        OLDER: "replay",
        NO_TIME: "backdate",
    },
    (Place.CHECKPOINT, Hand.OWNER): {
        ANY_TEXT: "insert, delete, truncate, swap the actor",
        ONE_NOTE: "reorder",
        OLDER: "roll back, replay",
        NO_TIME: "backdate",
    },
    (Place.BACKUP, Hand.ALONE): {
        PART: "edit, insert, delete, reorder, fork, replay, backdate, swap the actor"
    },
}

NOT_TRIED = {
    (place, hand, Attack(name)): why
    for (place, hand), reasons in NOTHING.items()
    for why, names in reasons.items()
    for name in names.split(", ")
}
TRIED = {
    (*spot, attack): cell
    for spot, row in FOUND.items()
    for attack, cell in zip(Attack, row.split(), strict=True)
    if cell != "-"
}

LEGEND = f"""\
| | found by | who can ask |
|---|---|---|
| {Check.LOG} | `zi-verify log`, entries read | anybody; entries: an auditor |
| {Check.OLDER} | `zi-verify log --from-checkpoint` with a checkpoint that was kept; the log is sound in itself | whoever kept one: **outside of the office** |
| {Check.WITNESS} | **a witness**, who refuses the next cosignature | only an outsider |
| {Check.PROMISE} | **a citizen's promise**: the leaf that it names is not in the log | only the citizen who kept it |
| {Check.RECEIPT} | `zi-verify receipt` on evidence that the house gives now | the citizen |
| {Check.RECONCILE} | `zi-audit reconcile` | who may read the stores |
| {Check.FSCK} | `zi-audit fsck` | who may read the ledger's database |
| {Check.OUTBOX} | the sender's outbox stops | at its next start |
| {Check.WRITER} | the writer halts | at its next start |
| {Check.LEDGER} | the ledger itself when it hears it: an alarm, an event of its own, a line on its page | anybody; at once |
| {Nobody.MENDED} | nothing to find: the programs mended it, from what is stored elsewhere | |
| {Nobody.PERSON} | **only a person** who knows better | colleagues, the citizen, an auditor who asks them |
"""


def render() -> str:
    """The generated part of the document."""
    notes = {why: number for number, why in enumerate(dict.fromkeys(NOT_TRIED.values()), start=1)}
    return "\n".join(
        [
            LEGEND,
            "### By one who changes that place and nothing else",
            "",
            *_rows(Hand.ALONE, notes),
            "",
            "### By its owner, who holds its keys and makes everything agree that is in their hands",
            "",
            *_rows(Hand.OWNER, notes),
            "",
            *(f"{number}. {why}" for why, number in notes.items()),
            "",
        ]
    )


def _rows(hand: Hand, notes: Mapping[str, int]) -> Iterator[str]:
    yield f"| | {' | '.join(Attack)} |"
    yield "|---" * (len(Attack) + 1) + "|"
    for place in Place:
        yield f"| {place} | {' | '.join(_cell((place, hand, attack), notes) for attack in Attack)} |"


def _cell(which: tuple[Place, Hand, Attack], notes: Mapping[str, int]) -> str:
    return " ".join(TRIED[which]) if which in TRIED else f"<sup>{notes[NOT_TRIED[which]]}</sup>"


def written(document: str) -> str:
    """The document with the generated part as it must be."""
    head, _, rest = document.partition(BEGIN)
    return f"{head}{BEGIN}\n{render()}{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
