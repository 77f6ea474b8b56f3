"""The cosigned checkpoints that a log keeps readable: the log must continue each of them, and each bounds when entries were born. Of a
long history a bounded number is read, spread evenly over what the log lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.policy import Endorsement, Policy
from zi_verify.birth import TOLERANCE, Births, Covering
from zi_verify.continuity import KnownTree
from zi_verify.source import HISTORY, LogSource
from zi_verify.verdict import Sentence

MOST = 256


@dataclass(frozen=True)
class History:
    """Of `listed` kept checkpoints those that were read and that the policy accepts."""

    listed: int = 0
    read: int = 0
    endorsements: tuple[Endorsement, ...] = ()

    @property
    def known(self) -> list[KnownTree]:
        """The trees that the log must continue."""
        return [
            KnownTree(endorsement.checkpoint, _name(endorsement.checkpoint))
            for endorsement in self.endorsements
        ]


def read_history(source: LogSource, policy: Policy, head: Checkpoint) -> History:
    """The history as far as the log has come; one that is not accepted (an older key or quorum) is left out."""
    sizes = [size for size in source.history() if size <= head.size]
    chosen = (
        sizes if len(sizes) <= MOST else [sizes[at * (len(sizes) - 1) // (MOST - 1)] for at in range(MOST)]
    )
    return History(len(sizes), len(chosen), tuple(_accepted(source, policy, head, chosen)))


def covering(endorsements: Iterable[Endorsement], policy: Policy) -> list[Covering]:
    """The trees that the policy's quorum of witnesses bounds in time."""
    return [
        Covering(
            endorsement.checkpoint.size,
            min(endorsement.cosigned.values()),
            max(endorsement.cosigned.values()),
        )
        for endorsement in endorsements
        if endorsement.cosigned and policy.witnessed(endorsement)
    ]


def births_remark(history: History, births: Births) -> Sentence:
    """By what the times were bounded."""
    trees = births.trees
    if not trees:
        return Sentence(
            f"Times: order within each sender's chain was checked (tolerance {TOLERANCE}); no cosigned tree bounds when entries were born.",
            f"Waktu: urutan dalam rantai setiap pengirim diperiksa (toleransi {TOLERANCE}); tidak ada pohon bertanda tangan saksi yang"
            " membatasi kapan entri lahir.",
        )
    return Sentence(
        f"Times: order within each sender's chain, and births between {trees} cosigned trees (the log keeps {history.listed}) were"
        f" checked; tolerance {TOLERANCE}.",
        f"Waktu: urutan dalam rantai setiap pengirim, dan kelahiran di antara {trees} pohon bertanda tangan saksi (log menyimpan"
        f" {history.listed}) diperiksa; toleransi {TOLERANCE}.",
    )


def _accepted(source: LogSource, policy: Policy, head: Checkpoint, sizes: list[int]) -> Iterator[Endorsement]:
    for size in sizes:
        note = source.read(f"{HISTORY}/{size}")
        try:
            endorsement = None if note is None else policy.endorsement(note)
        except LogError:
            continue
        if endorsement is not None and endorsement.checkpoint.origin == head.origin:
            yield endorsement


def _name(checkpoint: Checkpoint) -> Sentence:
    return Sentence(
        f"the {checkpoint.size} entries of a checkpoint that it keeps itself",
        f"{checkpoint.size} entri dari checkpoint yang disimpannya sendiri",
    )


DEMO = Sentence(
    "The name of this log ends in /demo: its clocks are set by hand, and times are not judged.",
    "Nama log ini berakhir dengan /demo: jamnya disetel dengan tangan, dan waktu tidak dinilai.",
)
