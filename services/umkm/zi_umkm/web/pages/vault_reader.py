"""Read personal data of a case, for its business or for an official; the vault records it first."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse

from zi_chassis.domain import Act, ErasedError
from zi_chassis.uploads import FileRefusedError
from zi_chassis.vault.requests import MINUTE, TooManyOpeningsError
from zi_chassis.web.problem import RefusedError
from zi_contracts.vault import ItemRef
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.business import BusinessProduct
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.roles import OFFICIALS
from zi_umkm.web import labels
from zi_umkm.web.official import DeskOfficial
from zi_umkm.web.page_context import OWN_COPY, UNREAD, readable, say_of
from zi_umkm.web.pages.case_owner import CaseOwner

MENTORING = "mentoring"
IDENTITY = ("business.name", "reporter.name", "business.address", "place", "business.nib", "reporter.phone")
DESK = "/umkm/desk/cases/"


class UnreadableNowError(RefusedError):
    """Raised where a page would be empty without the texts of the business."""

    status = 503

    def __init__(self) -> None:
        super().__init__("What the business told us can't be read just now. Please try again in a minute.")


@dataclass(frozen=True)
class Opened:
    """Personal data opened once: fields of the request, and texts by item."""

    fields: Mapping[str, str]
    texts: Mapping[UUID, str]

    def name_of(self, product: BusinessProduct) -> str | None:
        """Return the name that the business gave the product, where it was opened."""
        names = [self.texts[item.item] for item in product.items if item.item in self.texts]
        return names[-1] if names else None


@dataclass(frozen=True)
class Reader:
    """`back` is the page from which they came."""

    request: Request
    office: MentoringOffice
    mentoring_request: MentoringRequest
    by: Act
    token: str | None
    purpose: str
    back: str

    @property
    def is_official(self) -> bool:
        return self.by.role.startswith("staff:")

    async def opened(self, fields: Sequence[str], items: Sequence[ItemRef] = ()) -> Opened:
        """Open all of it, or raise ErasedError or UnreadableNowError."""
        vault, ticket = self.office.vault, self.mentoring_request.ticket
        try:
            request_fields = (
                await vault.read(ticket, fields, self.purpose, token=self.token) if fields else {}
            )
            texts = await vault.disclosed(ticket, items, self.purpose, self.token)
        except ErasedError:
            raise
        except UNREAD as error:
            raise UnreadableNowError from error
        return Opened(request_fields, {item: each.text for item, each in texts.items()})

    def content(self, item: UUID) -> AsyncIterator[bytes]:
        """Stream a file."""
        uploads = self.office.uploads
        return uploads.content(self.request, self.mentoring_request.ticket, self.by, item, MENTORING)

    def who(self, opened: Opened, state: MentoringCase) -> Mapping[str, str]:
        """Return the identity of the business by label; a missing business number is stated."""
        say = say_of(self.request)
        none = {} if state.business and state.business.has_nib else {"business.nib": say("none yet")}
        statements = none | {name: readable(name, text, say) for name, text in opened.fields.items()}
        return {labels.PERSONAL[name]: statements[name] for name in IDENTITY if name in statements}


async def streamed(
    pieces: AsyncIterator[bytes], media_type: str, headers: Mapping[str, str]
) -> StreamingResponse:
    """Stream a file; raise before the first byte where it can't be read."""
    try:
        first = await anext(pieces)
    except FileRefusedError as error:
        if error.status == TooManyOpeningsError.status:
            raise TooManyOpeningsError(int(error.retry_after or MINUTE)) from error
        raise UnreadableNowError from error
    return StreamingResponse(_after(first, pieces), media_type=media_type, headers=dict(headers))


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece


def reader_of_owner(owner: CaseOwner) -> Reader:
    return Reader(
        owner.request, owner.office, owner.mentoring_request, owner.by, owner.token, OWN_COPY, owner.here
    )


async def reader_of_official(official: DeskOfficial, ticket: str) -> Reader:
    mentoring_request = await official.office.access.request(ticket)
    await official.office.access.refuse_interested(official.person.sub, mentoring_request)
    by, back = official.act(*OFFICIALS), f"{DESK}{mentoring_request.ticket}"
    return Reader(
        official.request, official.office, mentoring_request, by, official.person.token, MENTORING, back
    )
