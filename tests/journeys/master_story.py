"""A company states a producer, a supplier and a product once, on its own pages; a later application uses the version that it read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from tests.journeys.certificates import API, SKI, Certificates, OpenedCase
from tests.journeys.door import good
from tests.journeys.house import await_
from tests.web.browsing import hidden, hidden_fields

LABEL = "Biskuit Rekaan"
PRODUCER = {"label": "Pabrik", "country": "MY", "name": "Sdn Bhd Rekaan Rotan", "address": "Jalan Rekaan 9"}
SUPPLIER = {"label": "Pemasok", "country": "MY", "name": "Pemasok Rekaan Rotan"}
PRODUCT = {
    "label": LABEL,
    "registration_number": "ML123456789012",
    "hs_code": "21039012",
    "unit": "kg",
    "pack": "kaleng 100 g",
    "composition": "tepung\ngula",
}


class CompanyPages:
    """The pages of one application, as the company's browser shows them."""

    def __init__(self, certificates: Certificates, case: OpenedCase) -> None:
        self._certificates = certificates
        self._here = f"/certificates/applications/{case['ticket']}"
        self._headers = {
            "Authorization": case["Authorization"],
            "Accept": "text/html",
            "Accept-Language": "en",
        }

    def read(self, path: str) -> httpx.Response:
        answer = self._certificates.client.get(f"{self._here}/{path}", headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer

    def send(self, path: str, form: dict[str, str]) -> httpx.Response:
        return self._certificates.client.post(f"{self._here}/{path}", data=form, headers=self._headers)

    def saved(self, path: str, page: httpx.Response, form: dict[str, str]) -> str:
        """Return the last part of the address that the saved form leads to."""
        answer = self.send(path, hidden_fields(page) | form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def added(self, kind: str, form: dict[str, str]) -> str:
        return self.saved("master-data/new", self.read(f"master-data/new?kind={kind}"), form)

    def changed(self, entry: str, form: dict[str, str]) -> None:
        where = f"master-data/{entry}"
        assert self.saved(where, self.read(where), form) == entry


def state_once(certificates: Certificates, case: OpenedCase) -> dict[str, str]:
    """Return the entries of the company's data; the product is changed once, and an old page doesn't overwrite that."""
    pages = CompanyPages(certificates, case)
    parties = {"producer": pages.added("producer", PRODUCER), "supplier": pages.added("supplier", SUPPLIER)}
    product = pages.added("product", PRODUCT | parties)
    old = pages.read(f"master-data/{product}")
    pages.changed(product, PRODUCT | parties | {"pack": "kaleng 200 g"})
    stale = pages.send(f"master-data/{product}", hidden_fields(old) | PRODUCT | parties)
    assert stale.status_code == 409, stale.text
    now = pages.read(f"master-data/{product}").text
    assert ("Version 2" in now, "Version 3" in now, "kaleng 200 g" in now) == (True, False, True)
    return parties | {"product": product}


def use_in(certificates: Certificates, case: OpenedCase, entries: dict[str, str], **statement: Any) -> None:
    """Fill the application in from the company's data; what changes there afterwards changes nothing here."""
    pages = CompanyPages(certificates, case)
    certificates.done(case, "statement", SKI | statement)
    where = f"master-data/{entries['product']}"
    form = pages.send(f"{where}/use", {})
    assert (form.status_code, 'value="kaleng 200 g"' in form.text) == (200, True), form.text
    assert hidden(form, "entry_revision") == "2"
    assert pages.saved("items/new", form, _rest()) == "items"
    named = f"master-data/{entries['producer']}"
    pages.saved(f"{named}/use", pages.read(named), {})
    pages.changed(entries["product"], PRODUCT | {"pack": "karung 5 kg"})
    bearer = {"Authorization": case["Authorization"]}
    listed = good(
        certificates.client.get(f"{API}/applications/{case['ticket']}/used-master-data", headers=bearer)
    )
    used = {each["used"]["kind"]: (each["used"]["revision"], each["differs"]) for each in listed}
    assert used == {"product": (2, []), "producer": (1, []), "supplier": (1, [])}
    certificates.complete(case)


def _rest() -> dict[str, str]:
    """Return the other fields that the form of an item asks for."""
    made = datetime.now(UTC).date() - timedelta(days=60)
    return {
        "product": LABEL,
        "registration_number": PRODUCT["registration_number"],
        "hs_code": PRODUCT["hs_code"],
        "unit": "KGM",
        "pack": "kaleng 200 g",
        "batch": "B-007",
        "manufactured": str(made),
        "expires": str(made + timedelta(days=730)),
        "quantity": "300",
        "country": "MY",
        "port": "Pelabuhan Contoh",
        "invoice": "INV-CONTOH-7",
        "analysis.dated": str(made + timedelta(days=2)),
        "analysis.batch": "B-007",
        "analysis.manufactured": str(made),
        "analysis.results": "timbal = 0,1 mg/kg @ AAS",
    }


def is_printed(content: Any) -> None:
    """The letter shows the second version and the producer by name, although the product was changed since."""
    [product] = content["products"]
    assert (product["product"], "kaleng 200 g" in product["quantity"]) == (LABEL, True), product
    assert f"{PRODUCER['name']}, {PRODUCER['address']}" in [each["value"] for each in content["facts"]]


def is_secret(certificates: Certificates) -> None:
    """The ledger tells of the entries, never of names in them."""
    ledger = await_(lambda: _with_entries(certificates.export()))
    assert all(party["name"] not in ledger for party in (PRODUCER, SUPPLIER))


def _with_entries(ledger: str) -> str:
    assert "zi.certificates.master_entry_changed" in ledger
    return ledger
