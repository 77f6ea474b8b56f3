"""An invented authority of timestamps, and letters that carry its timestamps."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.letters.sample_letter import NOW

from zi_letters.archive import archive, seal_for_ever
from zi_letters.clocks import TimestampSource
from zi_letters.evidence import LetterEvidence, evidence_in
from zi_letters.local_authority import LocalAuthority, make_authority
from zi_letters.seal import LocalSeal
from zi_letters.timestamps import LocalTimestamps

DAY = timedelta(days=1)


@dataclass(frozen=True)
class SampleClock:
    """`clock` makes timestamps from `at` on, for three years; `later` is the same authority with its next key."""

    root: LocalAuthority = field(default_factory=lambda: make_authority("Otoritas Waktu Contoh", NOW, 30))
    at: datetime = NOW

    def __post_init__(self) -> None:
        object.__setattr__(self, "clock", self.root.make_clock("Waktu Contoh", self.at))

    clock: LocalSeal = field(init=False)

    @property
    def evidence(self) -> LetterEvidence:
        return self.source.archived

    @property
    def stamps(self) -> LocalTimestamps:
        return LocalTimestamps(self.clock, self.at)

    @property
    def source(self) -> TimestampSource:
        evidence = self.root.pem + self.root.revoked_none(self.at, self.at + 30 * DAY)
        return TimestampSource(
            evidence=evidence,
            roots=self.root.pem,
            at=self.at,
            clock_key=self.clock.key,
            clock_certificate=self.clock.certificate,
        )

    def later(self, days: int) -> "SampleClock":
        return SampleClock(self.root, self.at + days * DAY)

    def sealed(self, pdf: bytes, seal: LocalSeal) -> bytes:
        roots = evidence_in(self.root.pem)
        return asyncio.run(seal_for_ever(pdf, seal, self.stamps, self.evidence, roots))

    def archived(self, pdf: bytes) -> bytes:
        return asyncio.run(archive(pdf, self.stamps, self.evidence, evidence_in(self.root.pem)))
