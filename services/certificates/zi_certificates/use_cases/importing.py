"""Import an application that another system sends for a company: all of it or nothing, once for each of the sender's own references."""

import asyncio
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID, uuid4, uuid5

from zi_certificates.domain.account import PersonInCharge
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.ids import exchange_id, import_id
from zi_certificates.domain.imported import (
    AnnouncedDocument,
    ApplicationImported,
    ImportApplication,
    ImportedBeforeError,
    ImportedOtherwiseError,
)
from zi_certificates.domain.statement import Outline, Statement
from zi_certificates.messaging.exchange_data import exchanges
from zi_certificates.messaging.import_data import imports
from zi_certificates.messaging.published import accounts, applications
from zi_certificates.messaging.upstream import IntakeRequest, account_of, request_of
from zi_certificates.read.exchange import ImportKeyRow, announced_digests, imported_reference
from zi_certificates.read.import_uses import ImportUse, count_uses_since, record_use
from zi_certificates.use_cases.access import NoSuchApplicationError
from zi_certificates.use_cases.exchanging import Exchanging
from zi_certificates.use_cases.rulebook import Rulebook
from zi_certificates.use_cases.statement_checks import (
    draft_of,
    refuse_other_series,
    refuse_unknown_circumstances,
)
from zi_certificates.use_cases.trade_lists import TradeLists
from zi_chassis.bus.lanes import Reaction
from zi_chassis.clock import Clock
from zi_chassis.domain import Act, DomainError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.renamings import every_name_of
from zi_chassis.storage.store import Store
from zi_chassis.web.problem import SignInNeededError, TooManyRequestsError
from zi_rules.certificate.item import UnnumberedItem

AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 600


class UnknownImportKeyError(SignInNeededError):
    """The key was never issued, or was revoked."""

    def __init__(self) -> None:
        super().__init__(
            "This key imports nothing: it was ended, or it is none. The company makes a new one on the page of its account."
        )


class TooManyImportsError(TooManyRequestsError):
    def __init__(self) -> None:
        super().__init__(
            "This key was used {most} times within an hour. Wait, and send less often.",
            retry_after=int(AN_HOUR.total_seconds()),
            most=MOST_AN_HOUR,
        )


class NotTheCompanysError(DomainError):
    """The request is of another company."""

    def __init__(self, ticket: str) -> None:
        super().__init__(
            "The request {ticket} was not made for the company of this key: make one that names its account.",
            ticket=ticket,
        )


class UnknownDocumentKindError(DomainError):
    def __init__(self, kind: str) -> None:
        super().__init__(
            "The office knows no document of the kind {kind}: send one that its rules name.", kind=kind
        )


class NoSuchItemError(DomainError):
    def __init__(self, number: int) -> None:
        super().__init__("There is no item {number} in what was sent: count the items from 1.", number=number)


class ImportFault(NamedTuple):
    """`path` leads into what was sent."""

    path: tuple[str, ...]
    error: DomainError


class UnusableImportError(DomainError):
    """Nothing was taken; `faults` are all that was found."""

    def __init__(self, faults: Sequence[ImportFault]) -> None:
        super().__init__(
            "Nothing was taken, because {count} places in it are wrong: correct them, and send all of it again.",
            count=len(faults),
        )
        self.faults = tuple(faults)


class SentDocument(NamedTuple):
    kind: str
    sha256: str
    products: tuple[int, ...]


@dataclass(frozen=True)
class SentApplication:
    """An application as the other system sent it; `content` is the digest of all that it sent, which nobody publishes as it is: whoever
    knows most of an application could guess the rest by it."""

    reference: str
    ticket: str
    outline: Outline
    items: Sequence[UnnumberedItem]
    documents: Sequence[SentDocument]
    content: str


@dataclass(frozen=True)
class ImportResult:
    request: IntakeRequest
    state: Application
    is_new: bool


class Importing:
    def __init__(
        self, store: Store, clock: Clock, rules: Rulebook, exchanging: Exchanging, salt: bytes
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._exchanging = exchanging
        self._salt = salt
        self._lists = TradeLists(rules.hs_lists[0], rules.units[0])

    async def key(self, token: str) -> ImportKeyRow:
        """Raises UnknownImportKeyError, and TooManyImportsError."""
        key = await self._exchanging.key_of(token)
        if key is None:
            raise UnknownImportKeyError
        since = self._clock.now() - AN_HOUR
        if await self._store.query(lambda tx: count_uses_since(tx, key.key, since)) >= MOST_AN_HOUR:
            raise TooManyImportsError
        if key.revoked_at is not None:
            await self.record(key, "unknown_import_key", None)
            raise UnknownImportKeyError
        return key

    async def record(self, key: ImportKeyRow, outcome: str, ticket: str | None) -> None:
        """Record a use of the key; `outcome` is `taken` or the kind of the refusal."""
        use = ImportUse(key.key, self._clock.now(), outcome, ticket)

        def write() -> None:
            with self._store.database.transaction() as tx:
                record_use(tx, uuid4(), key.account, use)

        await asyncio.to_thread(write)

    async def take(self, key: ImportKeyRow, sent: SentApplication) -> ImportResult:
        """Draft the application; a repeat of the same content under the same reference changes nothing."""
        request = await self._request(key, sent.ticket)
        _, earlier = await self._store.fetch(imports, import_id(key.account, sent.reference))
        if earlier.event is not None:
            return await self._again(sent, earlier.event)
        refuse_other_series(request, sent.outline)
        refuse_unknown_circumstances(sent.outline, self._rules.in_force(self._clock.now()))
        if faults := list(self._faults(sent)):
            raise UnusableImportError(faults)
        by = Act(at=self._clock.now(), actor=self._actor(request), role=request.role)
        handled = await self._store.decide_all(lambda tx: self._commands(tx, key, request, by, sent))
        return ImportResult(request, handled[1].state, bool(handled[0].recorded))

    async def _again(self, sent: SentApplication, earlier: ApplicationImported) -> ImportResult:
        """Return what was drafted, as it stands now: the company may have changed it since, and lists may have."""
        if earlier.content != self._keyed(sent.content):
            raise ImportedOtherwiseError(sent.reference, earlier.ticket)
        request = await self._store.query(lambda tx: request_of(tx, earlier.ticket))
        assert request is not None
        _, state = await self._store.fetch(applications, earlier.application)
        return ImportResult(request, state, is_new=False)

    async def was_announced(self, application: UUID, kind: str, content: bytes) -> bool | None:
        """Return whether the sender announced a document of this kind with these bytes; None if it announced none of this kind."""
        announced = await self._store.query(lambda tx: announced_digests(tx, application, kind))
        return self._keyed(sha256(content).hexdigest()) in announced if announced else None

    def _keyed(self, digest: str) -> str:
        return hmac.new(self._salt, digest.encode(), sha256).hexdigest()

    async def _request(self, key: ImportKeyRow, ticket: str) -> IntakeRequest:
        """Find the request that the company made at intake. Raises for one of another company, known or not."""

        def read(tx: Tx) -> tuple[IntakeRequest | None, bool]:
            request = request_of(tx, ticket)
            return request, request is not None and account_of(tx, request) == key.account

        request, is_theirs = await self._store.query(read)
        if request is None:
            raise NoSuchApplicationError
        if not is_theirs:
            raise NotTheCompanysError(ticket)
        return request

    def _commands(
        self, tx: Tx, key: ImportKeyRow, request: IntakeRequest, by: Act, sent: SentApplication
    ) -> Sequence[Reaction]:
        """Under the write lock, so that a key that was just revoked imports nothing."""
        account, exchange = key.account, exchange_id(key.account)
        states = self._store.states(tx, {account: accounts, exchange: exchanges})
        opened = states[account][1].opened
        if key.key not in states[exchange][1].keys:
            raise UnknownImportKeyError
        if opened is None or request.business_ref not in every_name_of(tx, opened.business_ref):
            raise NotTheCompanysError(request.ticket)
        before = imported_reference(tx, request.application)
        if before not in (None, sent.reference):
            raise ImportedBeforeError(request.ticket, before)
        stated = Statement(**dict(sent.outline), products=())
        statement = stated.with_products(self._lists.products(sent.items))
        command = ImportApplication(
            by=by,
            key=key.key,
            reference=sent.reference,
            content=self._keyed(sent.content),
            ticket=request.ticket,
            application=request.application,
            item_count=len(sent.items),
            charge=PersonInCharge(
                data_subject=request.data_subject, holder=by.model_copy(update={"actor": request.actor})
            ),
            documents=tuple(
                AnnouncedDocument(kind=each.kind, digest=self._keyed(each.sha256), products=each.products)
                for each in sent.documents
            ),
        )
        imported = import_id(account, sent.reference)
        draft = draft_of(request, by, uuid5(imported, "draft"), account, statement)
        return [Reaction(imports, imported, command), Reaction(applications, request.application, draft)]

    def _faults(self, sent: SentApplication) -> Iterator[ImportFault]:
        """Find what is wrong beyond the form of the fields, each with its place."""
        stated = ((each.hs_code, each.unit) for each in sent.items)
        for part in self._lists.unlisted(stated):
            yield ImportFault(("items", str(part.place), part.field), part.error)
        known = (
            self._rules.in_force(self._clock.now()).names.documents.keys() | self._rules.standards.documents()
        )
        for place, document in enumerate(sent.documents):
            if document.kind not in known:
                yield ImportFault(("documents", str(place), "kind"), UnknownDocumentKindError(document.kind))
            for number in document.products:
                if number > len(sent.items):
                    yield ImportFault(("documents", str(place), "products"), NoSuchItemError(number))

    @staticmethod
    def _actor(request: IntakeRequest) -> str:
        """The key acts for whoever made the request."""
        return request.actor if request.role == "applicant" else str(request.data_subject)
