"""The addresses of webhooks, beside the events: an address may name a person, and is deleted with its webhook or with the data of the account."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.storage.database import Tx


@dataclass(frozen=True)
class WebhookAddress:
    """`digest` is what the event has of it; without a `url` the account's address is deleted."""

    account: UUID
    digest: str
    url: str | None


class WebhookAddresses:
    """A companion of the store."""

    kind = WebhookAddress
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS webhook_addresses (account TEXT PRIMARY KEY, digest TEXT NOT NULL, url TEXT NOT NULL)",
    )

    def prepare(self, items: Sequence[WebhookAddress]) -> None:
        """Nothing has to be there before the transaction."""

    def write(self, tx: Tx, items: Sequence[WebhookAddress]) -> None:
        for each in items:
            tx.execute("DELETE FROM webhook_addresses WHERE account = ?", str(each.account))
            if each.url is not None:
                tx.execute(
                    "INSERT INTO webhook_addresses (account, digest, url) VALUES (?, ?, ?)",
                    *(str(each.account), each.digest, each.url),
                )


def webhook_address(tx: Tx, account: UUID) -> WebhookAddress | None:
    rows = tx.execute("SELECT * FROM webhook_addresses WHERE account = ?", str(account))
    return WebhookAddress(account, rows[0]["digest"], rows[0]["url"]) if rows else None


def delete_addresses_of(tx: Tx, ticket: str) -> None:
    """Delete the address of the account that this case opened, or whose person in charge has it; nobody is called any more."""
    tx.execute(
        "DELETE FROM webhook_addresses WHERE account IN (SELECT account FROM accounts WHERE ticket = ? OR reference = ?)",
        *(ticket, ticket),
    )
