"""Accept products that a mentored business handed over into the master data of its company.

The vault decides at each reading: the business has to have named this very application, both have to be of the same business by its
number, and the token has to open the application. Here an officer has to have verified the company as well.
"""

from collections.abc import Mapping
from uuid import UUID

from zi_certificates.domain.application.errors import AccountNotVerifiedError, ApplicationError
from zi_certificates.domain.master_content import MasterOrigin, MasterProduct
from zi_certificates.domain.master_entry import MasterEntry
from zi_certificates.messaging.offers import ProductOffer, entry_of_offer, offer_of, offers_to
from zi_certificates.messaging.published import accounts, master_entries
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.master_entries import master_row
from zi_certificates.use_cases.master_data import MasterData, company_account
from zi_certificates.use_cases.taking_over import NothingToldError, TakingOver
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_contracts.umkm.handover import HandedOverProduct

NAME, COMPOSITION, PACK = "product.name", "product.composition", "product.pack"


class NoSuchOfferError(ApplicationError):
    sentence = "Nothing of this mentoring case is handed over to this application: the business does that on the page of the case."


class OfferEndedError(ApplicationError):
    sentence = "The business has taken back what it handed over: nothing more can be accepted."


class AcceptingOffers:
    def __init__(self, store: Store, master_data: MasterData, taking_over: TakingOver) -> None:
        self._store = store
        self._master_data = master_data
        self._taking_over = taking_over

    async def offers(self, request: IntakeRequest) -> list[ProductOffer]:
        return await self._store.query(lambda tx: offers_to(tx, request.ticket))

    async def accepted(self, request: IntakeRequest, offer: ProductOffer) -> Mapping[int, tuple[UUID, bool]]:
        """Return the entry that each product of the offer became, and whether this offer is newer than its last version."""

        def question(tx: Tx) -> Mapping[int, tuple[UUID, bool]]:
            account = company_account(tx, request)
            entries = {
                each.product: entry_of_offer(account, offer.mentoring, each.product)
                for each in offer.products
            }
            rows = {product: master_row(tx, account, entry) for product, entry in entries.items()}
            return {
                product: (row.entry, row.newest.at < offer.at)
                for product, row in rows.items()
                if row is not None
            }

        return await self._store.query(question)

    async def accept(
        self,
        request: IntakeRequest,
        by: Act,
        key: UUID | None,
        mentoring: str,
        product: int,
        token: str | None,
    ) -> tuple[UUID, Handled[MasterEntry]]:
        """Take a product into the company's data, or make a new version of it where it was accepted before."""
        account = await self._store.query(lambda tx: company_account(tx, request))
        offered = await self._offered(request, mentoring, product)
        _, company = await self._store.fetch(accounts, account)
        if company.verified is None:
            raise AccountNotVerifiedError
        fields = await self._taking_over.read_handed_over(mentoring, token, offered.items)
        if NAME not in fields:
            raise NothingToldError
        entry = entry_of_offer(account, mentoring, product)
        origin = MasterOrigin(case=mentoring, product=product, number_checked=True)
        _, now = await self._store.fetch(master_entries, entry)
        content = _content(now, offered.number, fields)
        if now.added is None:
            return await self._master_data.add(request, by, key, content, origin=origin, entry=entry)
        changed = await self._master_data.change(
            request, by, key, entry, now.revision, content, origin=origin
        )
        return entry, changed

    async def _offered(self, request: IntakeRequest, mentoring: str, product: int) -> HandedOverProduct:
        offer = await self._store.query(lambda tx: offer_of(tx, request.ticket, mentoring))
        offered = None if offer is None else offer.product(product)
        if offer is None or offered is None:
            raise NoSuchOfferError
        if offer.ended is not None:
            raise OfferEndedError
        return offered


def _content(now: MasterEntry, number: str, fields: Mapping[str, str]) -> MasterProduct:
    """Put in what the business hands over, and keep what the company has added."""
    before = now.content if isinstance(now.content, MasterProduct) else MasterProduct(label="")
    handed_over = {
        "label": " ".join(fields[NAME].split()),
        "registration_number": number,
        "composition": tuple(filter(None, map(str.strip, fields.get(COMPOSITION, "").splitlines()))),
        "pack": " ".join(fields.get(PACK, "").split()) or before.pack,
    }
    return before.model_copy(update=handed_over)
