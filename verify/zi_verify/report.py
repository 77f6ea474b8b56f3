"""The report on an evidence zip, of either layout, and the sentences that reports share."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from zi_tlog.error import LogError
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy
from zi_verify.status import Shortfall
from zi_verify.verdict import CheckFinding, Failed, Sentence, Verdict, refused


@dataclass(frozen=True)
class CheckedEntry:
    """One act of the case as its entry tells it, and what it is worth: None for one that no tree has yet."""

    file: str
    type: str
    index: int | None
    text: Sentence
    verdict: Verdict | None


@dataclass(frozen=True)
class ReceiptReport:
    """The course of the case with the verdict on every entry, remarks, shortfalls, and the verdict over all. `endorsements` are the
    checkpoints that everything was proven against."""

    entries: tuple[CheckedEntry, ...]
    remarks: tuple[Sentence, ...]
    verdict: Verdict
    shortfalls: tuple[Shortfall, ...] = ()
    endorsements: tuple[Endorsement, ...] = ()


def unreadable_evidence(file: str, error: LogError) -> ReceiptReport:
    """The report on an unreadable zip."""
    return ReceiptReport((), (), Failed((CheckFinding(file, refused(error)),)))


def trust_remarks(
    policy: Policy, endorsements: Iterable[Endorsement], *, is_pinned: bool
) -> Iterator[Sentence]:
    """The source of the keys, and the witnesses that confirmed the tree, with times."""
    if not is_pinned:
        yield OWN_WORD
    if policy.quorum == NO_QUORUM:
        yield NO_WITNESS
    yield from witnesses_named(endorsements)


def witnesses_named(endorsements: Iterable[Endorsement]) -> Iterator[Sentence]:
    """One sentence for each outside witness who cosigned, with the latest time at which it did."""
    latest: dict[str, int] = {}
    for endorsement in endorsements:
        for name, at in endorsement.cosigned.items():
            latest[name] = max(at, latest.get(name, 0))
    for name, at in latest.items():
        when = datetime.fromtimestamp(min(at, 253402300799), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        yield Sentence(f"Witness {name} confirmed it at {when}.", f"Saksi {name} menegaskannya pada {when}.")


def not_checked(names: Iterable[str]) -> Iterator[Sentence]:
    """The members of a zip that prove nothing, each by name."""
    for name in names:
        yield Sentence(
            f"Not checked, as it proves nothing: {name}",
            f"Tidak diperiksa karena tidak membuktikan apa pun: {name}",
        )


OWN_WORD = Sentence(
    "The keys come from the office itself: this is the office's own word. Pin keys that you got elsewhere with --policy.",
    "Kunci berasal dari kantor itu sendiri: ini pernyataan kantor sendiri. Pakai --policy dengan kunci dari sumber lain.",
)
NO_WITNESS = Sentence(
    "No outside witness is required by the policy (quorum none): none confirms that others see the same log.",
    "Kebijakan tidak menuntut saksi luar (quorum none): tidak ada yang menegaskan bahwa orang lain melihat log yang sama.",
)
TWO_HISTORIES = Sentence(
    "this receipt and another one show two different histories of the log",
    "tanda terima ini dan yang lain menunjukkan dua riwayat log yang berbeda",
)
