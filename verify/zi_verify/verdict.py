"""The four verdicts, the same everywhere, and the sentences around them, each in English and in Indonesian."""

from dataclasses import dataclass
from typing import Literal, assert_never

Language = Literal["en", "id"]
SENTENCE = 1_000  # more than any of ours has, with a text of a stranger in it


@dataclass(frozen=True)
class Sentence:
    """One statement in both languages."""

    en: str
    id: str

    def render(self, language: Language) -> str:
        """As `plain`, and whole: its end says what to do."""
        return plain(self.id if language == "id" else self.en, SENTENCE)


@dataclass(frozen=True)
class CheckFinding:
    """One failed check: the file, the entry if there is one, and what is wrong."""

    file: str
    why: Sentence
    index: int | None = None

    def render(self, language: Language) -> str:
        entry = {"en": "entry", "id": "entri"}[language]
        place = "" if self.index is None else f" ({entry} {self.index})"
        return f"{plain(self.file)}{place}: {self.why.render(language)}"


@dataclass(frozen=True)
class Included:
    """The message is in the log, byte for byte."""


@dataclass(frozen=True)
class Matching:
    """Included, and every private item is the one that the message commits to."""


@dataclass(frozen=True)
class Erased:
    """Included; the payload was destroyed, as entry `by` of the log says, with its own proof."""

    by: int


@dataclass(frozen=True)
class Failed:
    """At least one check failed; nothing is proven."""

    findings: tuple[CheckFinding, ...]


Verdict = Included | Matching | Erased | Failed


def sentence(verdict: Verdict) -> Sentence:
    """The words of a verdict; other programs may read them."""
    match verdict:
        case Included():
            return Sentence("included", "tercantum")
        case Matching():
            return Sentence("included and matching", "tercantum dan cocok")
        case Erased(by):
            return Sentence(
                f"included, payload erased (entry {by})", f"tercantum, isi telah dihapus (entri {by})"
            )
        case Failed():
            return Sentence("FAIL", "GAGAL")
        case _ as never:
            assert_never(never)


def overall(verdicts: list[Verdict]) -> Verdict:
    """The one verdict over several: a failure outweighs an erasure, that outweighs a match, that outweighs mere inclusion."""
    failed = [verdict for verdict in verdicts if isinstance(verdict, Failed)]
    if failed:
        return Failed(tuple(finding for verdict in failed for finding in verdict.findings))
    erased = [verdict for verdict in verdicts if isinstance(verdict, Erased)]
    if erased:
        return erased[0]
    return Matching() if Matching() in verdicts else Included()


def with_findings(verdict: Verdict, findings: tuple[CheckFinding, ...]) -> Verdict:
    """The verdict after more checks failed; the same one where none did."""
    if not findings:
        return verdict
    return Failed((*findings, *(verdict.findings if isinstance(verdict, Failed) else ())))


def headline(verdict: Verdict, language: Language) -> str:
    """The verdict in the chosen language first, then in the other."""
    statement = sentence(verdict)
    first, second = (statement.id, statement.en) if language == "id" else (statement.en, statement.id)
    return f"{first} / {second}"


def refused(error: ValueError) -> Sentence:
    """The error of zi_tlog about malformed or unproven material, as a sentence in both languages."""
    return Sentence(str(error), f"pemeriksaan gagal ({error})")


def plain(text: str, most: int = 300) -> str:
    """Text from a stranger's file, safe for a terminal: unprintable characters become `?`, and it is cut after `most`."""
    printable = "".join(letter if letter.isprintable() else "?" for letter in text)
    return printable if len(printable) <= most else printable[:most] + "..."
