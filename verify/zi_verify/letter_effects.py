"""Finds which entries of a ledger change the standing of a letter, by the entry that issued it. Pure.

A letter is followed by its own id or number, a referral by its case, a standard by its service, a pledge by the next one. Minutes stay."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import Any

from zi_verify.verdict import Sentence, plain


class Effect(Enum):
    """An entry names the letter's file, or says from when it holds no more: for the time being, or for good."""

    FILE = "file"
    SUSPENDS = "suspends"
    RESTORES = "restores"
    ENDS = "ends"


@dataclass(frozen=True)
class LedgerEntry:
    """An entry of the office that issued the letter, by its service."""

    index: int
    type: str
    subject: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class LetterStep:
    """An entry about the letter; `is_dated` where it counts from a day that it names, and not from its own time on."""

    index: int
    effect: Effect
    since: datetime
    text: Sentence
    file: str | None = None
    is_dated: bool = False


@dataclass(frozen=True)
class LetterIssue:
    """The message that issued a letter, and its place."""

    message: Mapping[str, Any]
    index: int
    clock: tzinfo

    @property
    def data(self) -> Mapping[str, Any]:
        data: Mapping[str, Any] = self.message["data"]
        return data

    @property
    def letter(self) -> str:
        return str(self.data["letter"]).lower()

    @property
    def number(self) -> str:
        return str(self.data["number"])

    def day(self, moment: datetime) -> str:
        return moment.astimezone(self.clock).date().isoformat()

    def begin(self, day: str) -> datetime:
        """The first moment of a day by the office's clock."""
        return datetime.combine(date.fromisoformat(day), time(), self.clock)


# In the order in which they count.
Following = Callable[[LetterIssue, Sequence[LedgerEntry]], Iterator[LetterStep]]


@dataclass(frozen=True)
class LetterFollowing:
    """`files` are the types that name the letter's file; `texts` are in every entry about it, besides its id and number."""

    files: tuple[str, str]
    steps: Following
    texts: tuple[str, ...] = ()
    of_case: bool = False

    def names(self, issued: LetterIssue) -> tuple[bytes, ...]:
        """Texts in lower case, of which every entry about the letter has at least one."""
        case = (str(issued.message["subject"]),) if self.of_case else ()
        return tuple(each.lower().encode() for each in (issued.letter, issued.number, *case, *self.texts))


def following(message: Mapping[str, Any]) -> LetterFollowing | None:
    """The entries that tell of a letter; None for a kind that this program does not know."""
    data = message.get("data")
    kind = data.get("kind") if isinstance(data, dict) else None
    if message["type"] == "zi.certificates.certificate_issued":
        return _CERTIFICATE
    return _KINDS.get((str(message["type"]), str(kind)))


def steps_about(
    issued: LetterIssue, followed: LetterFollowing, entries: Iterable[LedgerEntry]
) -> list[LetterStep]:
    """The entries about a letter in their order, up to the one that ends it. Raises KeyError, TypeError or ValueError for entries that are
    none of this house."""
    known = sorted(entries, key=lambda each: each.index)
    files = [
        LetterStep(each.index, Effect.FILE, each.at, _NOTHING, str(each.data.get("file")))
        for each in known
        if each.type in followed.files and _names(issued, each)
    ]
    standings: list[LetterStep] = []
    for step in followed.steps(issued, known):
        if not (standings and standings[-1].effect is Effect.ENDS):
            standings.append(step)
    return [*files, *standings]


def _names(issued: LetterIssue, entry: LedgerEntry) -> bool:
    return str(entry.data.get("letter")).lower() == issued.letter


def _later(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LedgerEntry]:
    return (each for each in entries if each.index > issued.index)


def _reason(entry: LedgerEntry) -> str:
    return plain(str(entry.data.get("reason")))


def _number(entry: LedgerEntry, field: str = "number") -> str:
    return plain(str(entry.data.get(field)))


# -- import and export letters


def _of_certificate(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    for each in entries:
        name = each.type.removeprefix("zi.certificates.letter_")
        if not _names(issued, each) or name not in _CERTIFICATE_STEPS:
            continue
        effect, text = _CERTIFICATE_STEPS[name]
        yield LetterStep(each.index, effect, each.at, text(issued.day(each.at), each))


def _suspended(day: str, entry: LedgerEntry) -> Sentence:
    return Sentence(
        f"It was suspended on {day} ({_reason(entry)}): it is not valid for the time being.",
        f"Surat ini dibekukan pada {day} ({_reason(entry)}): untuk sementara tidak berlaku.",
    )


def _reinstated(day: str, _: LedgerEntry) -> Sentence:
    return Sentence(f"Its suspension ended on {day}.", f"Pembekuannya berakhir pada {day}.")


def _revoked(day: str, entry: LedgerEntry) -> Sentence:
    return Sentence(
        f"It was revoked on {day} ({_reason(entry)}): it is not valid any more.",
        f"Surat ini dicabut pada {day} ({_reason(entry)}): tidak berlaku lagi.",
    )


def _superseded(day: str, entry: LedgerEntry) -> Sentence:
    return _replaced(day, _number(entry, "by_number"))


def _replaced(day: str, number: str) -> Sentence:
    return Sentence(
        f"It was replaced by {number} on {day}: it is not valid any more, the newer letter is.",
        f"Surat ini diganti dengan {number} pada {day}: surat ini tidak berlaku lagi; yang berlaku adalah surat yang lebih baru.",
    )


# -- letters of mentoring


def _of_permit(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    """Revoked, over, or renewed under another number."""
    for each in _later(issued, entries):
        day = issued.day(each.at)
        match each.type:
            case "zi.umkm.permit_revoked" if each.data.get("number") == issued.number:
                text = _revoked(day, each)
            case "zi.umkm.permit_expired" if each.data.get("number") == issued.number:
                text = _over(str(each.data.get("valid_until")))
            case "zi.umkm.permit_issued" if each.data.get("renews") == issued.number:
                text = _replaced(day, _number(each))
            case _:
                continue
        yield LetterStep(each.index, Effect.ENDS, each.at, text)


def _over(last_day: str) -> Sentence:
    return Sentence(
        f"Its last day, {plain(last_day)}, is over: it is not valid any more.",
        f"Hari berlakunya yang terakhir, {plain(last_day)}, sudah lewat: surat ini tidak berlaku lagi.",
    )


def _of_trip(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    for each in _later(issued, entries):
        if each.type.startswith("zi.umkm.trip_") and each.data.get("withdrawn") == issued.number:
            day = issued.day(each.at)
            text = Sentence(
                f"It was withdrawn on {day}, because the trip was changed or cancelled: it is not valid any more.",
                f"Surat ini ditarik pada {day} karena perjalanannya diubah atau dibatalkan: tidak berlaku lagi.",
            )
            yield LetterStep(each.index, Effect.ENDS, each.at, text)


_CASE_OVER = {"zi.umkm.business_returned", "zi.umkm.business_graduated", "zi.umkm.mentoring_closed"}


def _of_referral(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    """It asks the health office for an answer as long as its case waits for one, and no newer letter of the case does."""
    subject = issued.message["subject"]
    for each in (each for each in _later(issued, entries) if each.subject == subject):
        day = issued.day(each.at)
        if each.type == "zi.umkm.products_referred" and each.data.get("letter") and not _names(issued, each):
            yield LetterStep(each.index, Effect.ENDS, each.at, _replaced(day, _number(each)))
        if each.type in _CASE_OVER:
            text = Sentence(
                f"It asks for no answer any more since {day}: the business came back, or its mentoring ended.",
                f"Surat ini tidak lagi meminta jawaban sejak {day}: usahanya kembali, atau pendampingannya berakhir.",
            )
            yield LetterStep(each.index, Effect.ENDS, each.at, text)


# -- letters of the integrity zone

_ADOPTED, _WITHDRAWN = "zi.integrity.standard_adopted", "zi.integrity.standard_withdrawn"
_PROCLAIMED = "zi.integrity.maklumat_proclaimed"


def _of_standard(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    """Withdrawn, over, or out of force while a newer version of the same service is in force."""
    adoption = next((each for each in entries if each.type == _ADOPTED and _names(issued, each)), None)
    if adoption is None:
        return
    changes = [*_last_day_of(issued, adoption), *_changes_of(issued, adoption, entries)]
    yield from sorted(changes, key=lambda step: (step.since, step.index))


def _last_day_of(issued: LetterIssue, adoption: LedgerEntry) -> Iterator[LetterStep]:
    if adoption.data.get("effective_to"):
        last = str(adoption.data["effective_to"])
        ends = issued.begin(last) + timedelta(days=1)
        yield LetterStep(adoption.index, Effect.ENDS, ends, _over(last), is_dated=True)


def _changes_of(
    issued: LetterIssue, adoption: LedgerEntry, entries: Sequence[LedgerEntry]
) -> Iterator[LetterStep]:
    version, newer = adoption.data["version"], set[int]()
    for each, since in _in_order(issued, adoption, entries):
        day, other = issued.day(since), int(each.data["version"])
        if each.type == _ADOPTED and other > version:
            if not newer:
                text = _replaced(day, _number(each))
                yield LetterStep(each.index, Effect.SUSPENDS, since, text, is_dated=True)
            newer.add(other)
        elif each.type == _WITHDRAWN and other == version:
            yield LetterStep(each.index, Effect.ENDS, since, _revoked(day, each))
        elif each.type == _WITHDRAWN and other in newer:
            newer.discard(other)
            if not newer:
                yield LetterStep(each.index, Effect.RESTORES, since, _in_force_again(day))


def _in_order(
    issued: LetterIssue, adoption: LedgerEntry, entries: Sequence[LedgerEntry]
) -> list[tuple[LedgerEntry, datetime]]:
    """Adoptions and withdrawals of the service, by the moment from which each counts.

    A version that was withdrawn before its first day was never in force, and changes nothing of any other."""
    decrees = [each for each in entries if each.data.get("service") == adoption.data["service"]]
    withdrawals = [each for each in decrees if each.type == _WITHDRAWN]
    withdrawn = {int(each.data["version"]): each.at for each in withdrawals}
    found = [(each, each.at) for each in withdrawals]
    for each in decrees:
        if each.type != _ADOPTED:
            continue
        begins, ends = each.data.get("effective_from"), withdrawn.get(int(each.data["version"]))
        since = each.at if begins is None else max(each.at, issued.begin(str(begins)))
        if ends is None or ends > since:
            found.append((each, since))
    return sorted(found, key=lambda pair: (pair[1], pair[0].index))


def _in_force_again(day: str) -> Sentence:
    return Sentence(
        f"The newer version was withdrawn on {day}: this one is in force again.",
        f"Versi yang lebih baru dicabut pada {day}: versi ini berlaku kembali.",
    )


def _of_pledge(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    for each in _later(issued, entries):
        if each.type == _PROCLAIMED and not _names(issued, each):
            text = _replaced(issued.day(each.at), _number(each))
            yield LetterStep(each.index, Effect.ENDS, each.at, text)


def _of_minutes(issued: LetterIssue, entries: Sequence[LedgerEntry]) -> Iterator[LetterStep]:
    """Nothing ends them: the forum has agreed."""
    return iter(())


_NOTHING = Sentence("", "")
_CERTIFICATE_STEPS: Mapping[str, tuple[Effect, Callable[[str, LedgerEntry], Sentence]]] = {
    "suspended": (Effect.SUSPENDS, _suspended),
    "reinstated": (Effect.RESTORES, _reinstated),
    "revoked": (Effect.ENDS, _revoked),
    "superseded": (Effect.ENDS, _superseded),
}
_CERTIFICATE = LetterFollowing(
    ("zi.certificates.letter_sealed", "zi.certificates.letter_renewed"), _of_certificate
)
_MENTORING = "zi.umkm.mentoring_letter_sealed", "zi.umkm.mentoring_letter_renewed"
_OFFICE = "zi.integrity.office_letter_sealed", "zi.integrity.office_letter_renewed"
_KINDS: Mapping[tuple[str, str], LetterFollowing] = {
    ("zi.umkm.mentoring_letter_issued", "cppob_permit"): LetterFollowing(_MENTORING, _of_permit),
    ("zi.umkm.mentoring_letter_issued", "trip_assignment"): LetterFollowing(_MENTORING, _of_trip),
    ("zi.umkm.mentoring_letter_issued", "pirt_referral"): LetterFollowing(
        _MENTORING, _of_referral, of_case=True
    ),
    ("zi.integrity.office_letter_issued", "service_standard"): LetterFollowing(
        _OFFICE, _of_standard, (_ADOPTED, _WITHDRAWN)
    ),
    ("zi.integrity.office_letter_issued", "maklumat"): LetterFollowing(_OFFICE, _of_pledge, (_PROCLAIMED,)),
    ("zi.integrity.office_letter_issued", "berita_acara"): LetterFollowing(_OFFICE, _of_minutes),
}
