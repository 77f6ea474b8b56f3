"""The table of products that mentored businesses hand over to an application of theirs; numbers and references to the vault alone."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from zi_chassis.storage.database import Row, Tx
from zi_chassis.storage.recorded import rfc3339
from zi_contracts.message import Message
from zi_contracts.umkm.handover import HandedOverProduct, ProductsHandedOver

OFFER_TABLES = (
    "CREATE TABLE IF NOT EXISTS offers (ticket TEXT NOT NULL, mentoring TEXT NOT NULL, products TEXT NOT NULL, at TEXT NOT NULL,"
    " ended TEXT, PRIMARY KEY (ticket, mentoring))",
)
MOST_OFFERS = 20  # mentoring cases of one business that offer to one application


@dataclass(frozen=True)
class ProductOffer:
    """Products of a mentoring case for the application with this ticket; once it is `ended`, nothing more is taken over."""

    ticket: str
    mentoring: str
    products: Sequence[HandedOverProduct]
    at: datetime
    ended: datetime | None

    def product(self, number: int) -> HandedOverProduct | None:
        return next((each for each in self.products if each.product == number), None)


def keep_offer(tx: Tx, message: Message, data: ProductsHandedOver) -> None:
    """Record it for the application with the ticket, known or not; a later one of the same case takes its place."""
    products = json.dumps([each.model_dump(mode="json") for each in data.products])
    tx.execute(
        "INSERT INTO offers (ticket, mentoring, products, at) VALUES (?, ?, ?, ?) ON CONFLICT (ticket, mentoring)"
        " DO UPDATE SET products = excluded.products, at = excluded.at, ended = NULL",
        *(data.to, message.subject, products, rfc3339(message.time)),
    )


def end_offer(tx: Tx, ticket: str, mentoring: str, at: datetime) -> None:
    tx.execute(
        "UPDATE offers SET ended = ? WHERE ticket = ? AND mentoring = ? AND ended IS NULL",
        *(rfc3339(at), ticket, mentoring),
    )


def drop_offered(tx: Tx, mentoring: str, dropped: Collection[int]) -> None:
    """Take products of which the number does not hold any more out of all offers of their mentoring case."""
    for row in tx.execute("SELECT * FROM offers WHERE mentoring = ?", mentoring):
        offer = _offer(row)
        left = [each.model_dump(mode="json") for each in offer.products if each.product not in dropped]
        tx.execute(
            "UPDATE offers SET products = ? WHERE ticket = ? AND mentoring = ?",
            *(json.dumps(left), offer.ticket, mentoring),
        )


def offers_to(tx: Tx, ticket: str) -> list[ProductOffer]:
    """Return the offers to an application, the newest first, also those that were taken back."""
    rows = tx.execute(
        f"SELECT * FROM offers WHERE ticket = ? ORDER BY at DESC, mentoring LIMIT {MOST_OFFERS}", ticket
    )
    return [_offer(row) for row in rows]


def offer_of(tx: Tx, ticket: str, mentoring: str) -> ProductOffer | None:
    rows = tx.execute("SELECT * FROM offers WHERE ticket = ? AND mentoring = ?", ticket, mentoring)
    return _offer(rows[0]) if rows else None


def entry_of_offer(account: UUID, mentoring: str, product: int) -> UUID:
    """Return the id of the entry that a handed over product becomes, each time it is handed over."""
    return uuid5(account, f"handed over {mentoring} {product}")


def _offer(row: Row) -> ProductOffer:
    return ProductOffer(
        ticket=row["ticket"],
        mentoring=row["mentoring"],
        products=[HandedOverProduct.model_validate(each) for each in json.loads(row["products"])],
        at=datetime.fromisoformat(row["at"]),
        ended=None if row["ended"] is None else datetime.fromisoformat(row["ended"]),
    )
