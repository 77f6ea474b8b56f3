"""The HTTP interface to the lists of the desk: queues and filters, with true counts; nothing personal."""

from typing import Annotated

from fastapi import APIRouter, Query

from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.read.desk_lists import DeskQueue, ListFilter, desk_page
from zi_certificates.web import answers, presenters
from zi_certificates.web.api.parameters import SIGNED_IN, After, SearchText
from zi_certificates.web.official import SomeOfficial
from zi_contracts.intake import Series
from zi_rules.certificate.kind import CertificateKind, Goods

router = APIRouter(prefix="/certificates/api", tags=["officials"])


@router.get("/applications", responses=SIGNED_IN)
async def list_applications(
    official: SomeOfficial,
    queue: DeskQueue = "all",
    state: ApplicationStatus | None = None,
    kind: CertificateKind | None = None,
    goods: Goods | None = None,
    series: Series | None = None,
    officer: SearchText = "",
    overdue: bool = False,
    ends_soon: bool = False,
    text: SearchText = "",
    company: SearchText = "",
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> answers.DeskListAnswer:
    """Lists the applications of a queue that a filter finds: what waits for a signature, what is in one's hands, exceptions, or all.
    `text` finds tickets, numbers of letters, products, registration numbers, HS codes and batches; `company` is the ticket of any
    application of the company; `ends_soon` finds those whose deadline for the applicant is near."""
    reader, now = official.list_reader, official.office.clock.now()
    wanted = ListFilter(queue, state, kind, goods, series, officer, overdue, ends_soon, text, company)
    page = await official.office.store.query(lambda tx: desk_page(tx, wanted, reader, now, after, limit))
    return presenters.desk_list(page)
