"""The course of a case in plain words, in both languages, for the file timeline.txt of a bundle; it proves nothing and says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from zi_audit import words
from zi_audit.looks import Purpose
from zi_audit.timeline import Step
from zi_chassis.web.language import LANGUAGES, Catalogue
from zi_chassis.web.page import Translator
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.text import encode_base64


@dataclass(frozen=True)
class Private:
    """What became of the personal data: items that are in the bundle, items that were not opened, files, or why nothing could be."""

    shown: int = 0
    closed: int = 0
    files: int = 0
    erased: bool = False
    erased_at: int | None = None
    unknown: bool = False


@dataclass(frozen=True)
class Narrative:
    ticket: str
    purpose: str
    checkpoint: Checkpoint
    steps: Sequence[Step]
    left_out: Sequence[int]
    private: Private

    def text(self, catalogue: Catalogue) -> str:
        return "\n".join(line for code in LANGUAGES for line in (*self._lines(catalogue, code), ""))

    def _lines(self, catalogue: Catalogue, code: str) -> Iterator[str]:
        _, ngettext = partial(catalogue.translate, code), partial(catalogue.count, code)
        yield f"[{code}] " + _("The course of case {ticket}", ticket=self.ticket)
        yield _("This text proves nothing; the entries and their receipts in this file do.")
        yield _("What it was made for: {purpose}", purpose=_(words.PURPOSES[Purpose(self.purpose)]))
        head = self.checkpoint
        yield _(
            "Checkpoint of {origin}: {size} entries, root {root}",
            origin=head.origin,
            size=head.size,
            root=encode_base64(head.root),
        )
        yield ""
        for step in self.steps:
            yield from _step(step, _, ngettext)
        yield ""
        yield from self._left_out(_)
        yield from self._personal(_, ngettext)

    def _left_out(self, _: Translator) -> Iterator[str]:
        if self.left_out:
            listed = ", ".join(map(str, self.left_out))
            yield _(
                "Entries that are not in this file (they repeat another, are no message, came under another's name, or are newer than the checkpoint): {entries}",
                entries=listed,
            )

    def _personal(self, _: Translator, ngettext: words.Count) -> Iterator[str]:
        private = self.private
        if private.erased and private.erased_at is not None:
            yield _("The personal data were erased (entry {index}).", index=private.erased_at)
        elif private.erased:
            yield _("The personal data were erased; the entry that says so is newer than this file.")
        if private.unknown:
            yield _("The office's vault says that it does not know this case.")
        if private.shown:
            yield ngettext(
                "{number} text with its salt is in private/.",
                "{number} texts with their salts are in private/.",
                private.shown,
            )
        if private.closed:
            yield ngettext(
                "{number} text was not opened; its digest is in the entry.",
                "{number} texts were not opened; their digests are in the entries.",
                private.closed,
            )
        if private.files:
            yield ngettext(
                "{number} attached file is not in here; its digest is in the entry.",
                "{number} attached files are not in here; their digests are in the entries.",
                private.files,
            )


def _step(step: Step, _: Translator, ngettext: words.Count) -> Iterator[str]:
    entry, said = step.entry, _(words.step(step.entry.type))
    if step.waited is not None and step.waited >= 1:
        for_whom = _(words.HOLDERS[step.waited_for] if step.waited_for else words.PASSED)
        yield f"      {words.duration(step.waited, ngettext)} {for_whom}"
    if step.waited is not None and step.waited < -words.SLACK:
        yield "      " + _("The next entry tells an earlier time than the one before it")
    at = entry.time.strftime("%Y-%m-%d %H:%M:%S UTC") if entry.time else "?"
    place = _("entry {index}", index=entry.index)
    role = words.ROLES.get(entry.role or "")
    who = entry.role if role is None else _(role)
    yield _one_line(f"  {at}, {place}: {said} ({who}: {entry.actor}, {entry.type})")
    if entry.anomaly is not None:
        yield "      " + _("What is wrong: {fault}", fault=_(words.BREAKS[entry.anomaly]))


def _one_line(text: str) -> str:
    """What an entry says of itself may hold anything; here it can't begin a line of its own."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
