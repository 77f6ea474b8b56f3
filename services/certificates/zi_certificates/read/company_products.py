"""The read model of a company's products, as its applications have stated them: each product with its versions, for the next application."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from zi_certificates.domain.application.events import ApplicationChanged, ApplicationDrafted
from zi_certificates.domain.statement import StatedProduct, Statement
from zi_chassis.storage.database import Row, Tx, placeholders
from zi_chassis.storage.recorded import Recorded, rfc3339
from zi_chassis.storage.searching import pattern_of, searchable
from zi_rules.registration_number import normalise_number

PAGE = 20
# A product is the same wherever its name and number are; these are what a version of it consists of.
REUSED = ("product", "registration_number", "hs_code", "unit", "pack", "country", "port")


@dataclass(frozen=True)
class ProductVersion:
    """`fields` as they were stated, at `last` for the last time."""

    version: str
    fields: Mapping[str, str]
    last: datetime


@dataclass(frozen=True)
class CompanyProduct:
    """`versions` are the newest first."""

    entry: UUID
    versions: Sequence[ProductVersion]


@dataclass(frozen=True)
class CompanyProductPage:
    products: Sequence[CompanyProduct]
    total: int


class CompanyProducts:
    """After `Applications`, from which it knows whose application it is."""

    name = "company_products"
    version = 1
    tables: tuple[str, ...] = (
        "CREATE TABLE IF NOT EXISTS company_products (application TEXT NOT NULL, number INTEGER NOT NULL, account TEXT NOT NULL,"
        " entry TEXT NOT NULL, version TEXT NOT NULL, text TEXT NOT NULL, name TEXT NOT NULL, fields TEXT NOT NULL, at TEXT NOT NULL,"
        " PRIMARY KEY (application, number))",
        "CREATE INDEX IF NOT EXISTS company_products_account ON company_products (account, name, entry)",
    )

    def project(self, tx: Tx, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, ApplicationDrafted):
            _state(tx, recorded.aggregate, event.account, event.statement, event.by.at)
        elif isinstance(event, ApplicationChanged):
            [row] = tx.execute(
                "SELECT account FROM applications WHERE application = ?", str(recorded.aggregate)
            )
            _state(tx, recorded.aggregate, UUID(row["account"]), event.statement, event.by.at)


def _state(tx: Tx, application: UUID, account: UUID, stated: Statement, at: datetime) -> None:
    """Put what is stated now in the place of what this application stated before."""
    tx.execute("DELETE FROM company_products WHERE application = ?", str(application))
    for product in stated.products:
        fields = _fields(product)
        written = json.dumps(fields, sort_keys=True, ensure_ascii=False)
        tx.execute(
            "INSERT INTO company_products (application, number, account, entry, version, text, name, fields, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(str(application), product.number, str(account), str(_entry(account, product))),
            sha256(written.encode()).hexdigest()[:16],
            searchable(f"{product.product} {product.registration_number or ''} {product.hs_code}"),
            *(product.product.casefold(), written, rfc3339(at)),
        )


def _fields(product: StatedProduct) -> dict[str, str]:
    stated: dict[str, Any] = product.model_dump(include=set(REUSED))
    return {name: value for name, value in stated.items() if value}


def _entry(account: UUID, product: StatedProduct) -> UUID:
    number = normalise_number(product.registration_number or "")
    return uuid5(account, f"{' '.join(product.product.casefold().split())} {number}")


# What was only drafted is nobody's product yet.
_OF_COMPANY = (
    "FROM company_products p JOIN applications a ON a.application = p.application"
    " WHERE p.account = ? AND a.business_ref = ? AND a.status <> 'draft'"
)


def company_products(
    tx: Tx, account: UUID, business_ref: str, text: str = "", page: int = 1
) -> CompanyProductPage:
    """List the products of a company in the order of their names, with all their versions."""
    whose = (str(account), business_ref, pattern_of(text))
    found = f"{_OF_COMPANY} AND p.text LIKE ? ESCAPE '!'"
    [counted] = tx.execute(f"SELECT COUNT(DISTINCT p.entry) AS total {found}", *whose)
    entries = [
        row["entry"]
        for row in tx.execute(
            f"SELECT p.entry, MIN(p.name) AS name {found} GROUP BY p.entry ORDER BY name, p.entry LIMIT {PAGE} OFFSET ?",
            *(*whose, (page - 1) * PAGE),
        )
    ]
    versions = _versions(tx, account, business_ref, entries)
    products = [CompanyProduct(UUID(entry), versions[entry]) for entry in entries]
    return CompanyProductPage(products, int(counted["total"]))


def product_version(
    tx: Tx, account: UUID, business_ref: str, entry: UUID, version: str
) -> ProductVersion | None:
    found = _versions(tx, account, business_ref, [str(entry)]).get(str(entry), [])
    return next((each for each in found if each.version == version), None)


def _versions(
    tx: Tx, account: UUID, business_ref: str, entries: Sequence[str]
) -> dict[str, list[ProductVersion]]:
    if not entries:
        return {}
    rows = tx.execute(
        f"SELECT p.entry, p.version, MIN(p.fields) AS fields, MAX(p.at) AS last {_OF_COMPANY}"
        f" AND p.entry IN ({placeholders(entries)}) GROUP BY p.entry, p.version ORDER BY last DESC, p.version",
        *(str(account), business_ref, *entries),
    )
    found: dict[str, list[ProductVersion]] = {}
    for row in rows:
        found.setdefault(row["entry"], []).append(_version(row))
    return found


def _version(row: Row) -> ProductVersion:
    return ProductVersion(row["version"], json.loads(row["fields"]), datetime.fromisoformat(row["last"]))
