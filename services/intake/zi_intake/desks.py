"""The other desks of the office, which work on the cases that intake passes on: who speaks for each, where, and which officials work there."""

from collections.abc import Mapping
from dataclasses import dataclass

from zi_intake.case.messages import AnyFiled, CertificateRequested, MentoringRequested

STAFF = ("supervisor", "officer")  # of intake itself


@dataclass(frozen=True)
class Desk:
    """`pages` is where it tells people of their case, `desk_pages` where officials work on it; who is in a list acts in the first
    of its roles that they have. `adding` are those who add files.
    """

    service: str
    pages: str
    desk_pages: str
    officials: tuple[str, ...]
    adding: tuple[str, ...]


CERTIFICATES = Desk(
    service="certificates",
    pages="/certificates/applications/",
    desk_pages="/certificates/desk/applications/",
    officials=("evaluator", "signer", "head", *STAFF),
    adding=STAFF,
)
MENTORING = Desk(
    service="umkm",
    pages="/umkm/cases/",
    desk_pages="/umkm/desk/cases/",
    officials=("mentor", "supervisor", "evaluator", "officer", "head"),
    adding=("mentor", *STAFF),
)
DESKS: Mapping[type[AnyFiled], Desk] = {
    CertificateRequested: CERTIFICATES,
    MentoringRequested: MENTORING,
}


def desk_of(filing: AnyFiled | None) -> Desk | None:
    """None for what intake's own officers work on."""
    return None if filing is None else DESKS.get(type(filing))


def looking(filing: AnyFiled | None) -> tuple[str, ...]:
    """The officials who may look at what is kept of the case."""
    desk = desk_of(filing)
    return STAFF if desk is None else desk.officials


def adding(filing: AnyFiled | None) -> tuple[str, ...]:
    """The officials who may add a file."""
    desk = desk_of(filing)
    return STAFF if desk is None else desk.adding
