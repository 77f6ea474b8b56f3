"""The desks of the office to which intake passes cases on: their service, their pages and their officials."""

from collections.abc import Mapping
from dataclasses import dataclass

from zi_intake import roles
from zi_intake.domain.case.filings import AnyFiled, CertificateRequested, MentoringRequested


@dataclass(frozen=True)
class Desk:
    """`pages` is the path of its pages for citizens, `desk_pages` of those for its officials."""

    service: str
    pages: str
    desk_pages: str
    officials: tuple[str, ...]


CERTIFICATES = Desk(
    service="certificates",
    pages="/certificates/applications/",
    desk_pages="/certificates/desk/applications/",
    officials=roles.AT_CERTIFICATES,
)
MENTORING = Desk(
    service="umkm",
    pages="/umkm/cases/",
    desk_pages="/umkm/desk/cases/",
    officials=roles.AT_MENTORING,
)
DESKS: Mapping[type[AnyFiled], Desk] = {
    CertificateRequested: CERTIFICATES,
    MentoringRequested: MENTORING,
}


def desk_of(filing: AnyFiled | None) -> Desk | None:
    """Return the desk that works on the case; None for a case of intake's own officers."""
    return None if filing is None else DESKS.get(type(filing))
