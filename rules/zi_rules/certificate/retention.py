"""The time for which documents and personal data of letters are kept after their end, by kind; all is kept where none is decided."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import Field, PositiveInt, model_validator

from zi_rules.certificate.kind import CertificateKind
from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import ContentLookup, Editions, no_content

CERTIFICATE_RETENTION = "certificate_retention"


class KeptYears(Sourced):
    """From the end of an application, or of its last letter."""

    kinds: frozenset[CertificateKind] = Field(min_length=1)
    years: PositiveInt


class RetentionRules(Configured):
    """`holder` is what whoever holds a letter keeps, `office` what the office keeps; a kind that neither names is not decided."""

    holder: tuple[KeptYears, ...] = ()
    office: tuple[KeptYears, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing_about_a_kind(self) -> Self:
        for stated in (self.holder, self.office):
            kinds = [kind for each in stated for kind in each.kinds]
            if len(kinds) != len(set(kinds)):
                raise ValueError("state one time for each kind of letter")
        return self

    def of_kind(self, kind: CertificateKind) -> KeptYears | None:
        """Return what the office keeps of this kind; None as long as it is not decided."""
        return next((each for each in self.office if kind in each.kinds), None)

    def ended_before(self, kind: CertificateKind, now: datetime) -> datetime | None:
        """Return the last end whose time is over now; None where nothing is erased."""
        stated = self.of_kind(kind)
        return None if stated is None else years_earlier(now, stated.years)

    def is_over(self, kinds: Iterable[CertificateKind], ended: datetime, now: datetime) -> bool:
        """Of kinds that were asked for together the longest time holds, and one that is not decided keeps all."""
        lasts = [self.ended_before(kind, now) for kind in kinds]
        return bool(lasts) and all(last is not None and ended <= last for last in lasts)

    @property
    def decided(self) -> Sequence[CertificateKind]:
        return sorted(kind for each in self.office for kind in each.kinds)


def years_earlier(at: datetime, years: int) -> datetime:
    """From a 29 February that has no like it, the day before: nothing is erased too early."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


def load_retention_rules(
    office_folder: Path | None = None, content_of: ContentLookup = no_content
) -> Editions[RetentionRules]:
    stated = read_file(CERTIFICATE_RETENTION, "certificate_retention.toml", office_folder)
    return Editions(RetentionRules, CERTIFICATE_RETENTION, [stated], content_of)
