"""Steps of companies and officials towards letters, over plain HTTP and by the front door: the same for `make up` and for compose."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from tests.certificates.inside import ACCOUNT_DOCUMENTS
from tests.intake.sample_files import encoded, halves
from tests.journeys import mails, receipts
from tests.journeys.door import fresh, good, opened
from tests.journeys.house import await_

API = "/certificates/api"
SUBMITTED = ("certificate_requested", "application_submitted")
PAID = (*SUBMITTED, "application_paid")
ISSUED = ("letters_signed", "letter_sealed")
ACCOUNT = {"acts_for_others": False, "hs_codes": ["2103.90.12"], "warehouse": "Jalan Gudang 3, Kota Contoh"}
SKI = {"kinds": ["ski_post_border"], "goods": "pangan_olahan"}
SKE = {"kinds": ["ske_health", "ske_free_sale"], "goods": "pangan_olahan", "country": "CN"}
CHINA = {"annex_fields": {"gacc_registration": "CIDN00000000000"}}
WANTED = {
    "wanted": [{"reason": "document_unreadable", "where": "documents.invoice"}],
    "note": "Mohon pindai ulang.",
}
EVALUATORS = ("evaluator", "evaluator-2")

Headers = dict[str, str]
OpenedCase = Mapping[str, str]


def request_of(company: str, series: str = "ski") -> dict[str, Any]:
    """An invented company; its name is found nowhere else."""
    return {
        "language": "id",
        "series": series,
        "company": {
            "name": f"PT {company}",
            "address": f"Jalan {company} 1, Kota Contoh",
            "nib": nib_of(company),
        },
        "reporter": {"name": f"Bunga {company}", "email": mails.address(company), "phone": None},
        "account": None,
    }


def nib_of(company: str) -> str:
    """Of the same company the same number."""
    return f"{int.from_bytes(company.encode()) % 10**13:013}"


def item_of(statement: Mapping[str, Any], batch: str = "B-001", **changes: Any) -> dict[str, Any]:
    """A product that all rules are content with."""
    today = datetime.now(UTC).date()
    made = today - timedelta(days=60)
    tested = {"parameter": "timbal", "result": "0,1 mg/kg", "method": "AAS"}
    analysis = {
        "dated": str(made + timedelta(days=2)),
        "batch": batch,
        "manufactured": str(made),
        "results": [tested],
    }
    return {
        "product": "Kecap Contoh",
        "registration_number": "MD123456789012" if statement.get("country") else "ML123456789012",
        "hs_code": "21039012",
        "batch": batch,
        "manufactured": str(made),
        "expires": str(made + timedelta(days=730)),
        "quantity": "1200.5",
        "unit": "kg",
        "pack": "botol",
        "country": statement.get("country") or "MY",
        "port": "Pelabuhan Contoh",
        "invoice": "INV-CONTOH-1",
        "analysis": analysis,
    } | changes


class Certificates:
    """`client` reaches the gateway; `staff` gives the headers of a signed-in person."""

    def __init__(self, client: httpx.Client, staff: Callable[[str], Headers]) -> None:
        self.client = client
        self.staff = staff

    # -- the company

    def requested(self, company: str, series: str = "ski", **changes: Any) -> OpenedCase:
        """Ticket, code, and the header that opens the case, once certificates has heard of it."""
        body = request_of(company, series) | changes
        filed = good(
            self.client.post("/intake/api/certificate-applications", json=body, headers=fresh()), 201
        )
        mails.confirm(self.client, mails.address(company))
        known = {name: filed[name] for name in ("ticket", "code", "event_id")}
        case = known | opened(self.client, filed)
        await_(lambda: self._get(case).status_code == 200)
        return case

    def read(self, case: OpenedCase) -> Any:
        return good(self._get(case))

    def revision(self, case: OpenedCase) -> dict[str, int]:
        return {"revision": self.read(case)["statement"]["revision"]}

    def tell(self, case: OpenedCase, command: str, body: Any = None) -> httpx.Response:
        return self.client.post(_application(case, command), json=body, headers=_bearer(case) | fresh())

    def done(self, case: OpenedCase, command: str, body: Any = None) -> Any:
        return good(self.tell(case, command, body))

    def upload(self, case: OpenedCase, kind: str, *products: int, to: str = "documents") -> Any:
        return good(
            self.client.post(
                _application(case, to),
                data={"kind": kind, "products": [str(each) for each in products]},
                files={"file": ("file.png", encoded(halves(), "PNG"))},
                headers=_bearer(case) | fresh(),
            ),
            201,
        )

    def open_account(self, case: OpenedCase) -> None:
        """With every document that the rules ask for, and verified by an officer."""
        self.done(case, "account", ACCOUNT)
        for kind in ACCOUNT_DOCUMENTS:
            self.upload(case, kind, to="account/documents")
        account = self.read(case)["account"]
        where, body = f"{API}/accounts/{account['reference']}/verify", {"revision": account["revision"]}
        await_(lambda: self.client.post(where, json=body, headers=self.staff("officer")).status_code == 200)

    def drafted(self, case: OpenedCase, statement: Mapping[str, Any], **changes: Any) -> None:
        """Nothing is missing."""
        self.done(case, "statement", dict(statement))
        self.done(case, "items", {"items": [item_of(statement, **changes)]})
        self.complete(case)

    def complete(self, case: OpenedCase) -> None:
        """Brings every document that the rules miss."""
        for found in self.read(case)["findings"]:
            if found["where"].startswith("documents."):
                kind = found["where"].removeprefix("documents.").partition("/")[0]
                self.upload(case, kind, *([found["item"]] if found["item"] else []))
        assert self.read(case)["findings"] == []

    def submitted(self, case: OpenedCase) -> Any:
        """The bill; certificates has heard of the files once it is there."""
        return await_(lambda: good(self.tell(case, "submit", self.revision(case))))["bill"]

    def pay(self, bill: Mapping[str, Any]) -> None:
        """As a person does on the page of the simulator."""
        page = self.client.get(f"/certificates/billing-simulator/{bill['bill']}")
        assert page.status_code == 200, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        answer = self.client.post(
            f"/certificates/billing-simulator/{bill['bill']}",
            data={name: html.unescape(value) for name, value in hidden.items()},
        )
        assert answer.status_code in (200, 303), answer.text

    def exchange(self, case: OpenedCase) -> Any:
        """Read what the person in charge of the account sees of other systems."""
        return good(self.client.get(_application(case, "exchange"), headers=_bearer(case)))

    def queued(
        self, company: str, statement: Mapping[str, Any] = SKI, account: OpenedCase | None = None, **item: Any
    ) -> OpenedCase:
        """From the front door to the queue; with the account that an earlier request of the company opened, if there is one."""
        named = account and {"ticket": account["ticket"], "code": account["code"]}
        case = self.requested(company, "ske" if statement.get("country") else "ski", account=named)
        if account is None:
            self.open_account(case)
        self.drafted(case, statement, **item)
        self.pay(self.submitted(case))
        await_(lambda: self.read(case)["state"] == "queued")
        return case

    # -- the office

    def official(self, person: str, path: str, body: Any = None) -> httpx.Response:
        return self.client.post(f"{API}/{path}", json=body, headers=self.staff(person) | fresh())

    def does(self, person: str, path: str, body: Any = None) -> Any:
        return good(self.official(person, path, body))

    def take(self, person: str = "evaluator") -> str:
        """The ticket of the next one."""
        return str(self.does(person, "queue/take")["ticket"])

    def decide(self, person: str, case: OpenedCase, command: str, body: Any = None) -> Any:
        return self.does(person, f"applications/{case['ticket']}/{command}", body)

    def evaluated(self, case: OpenedCase, *evaluators: str) -> None:
        """By those who have not done so yet: the rules want two."""
        for person in evaluators or EVALUATORS:
            assert self.take(person) == case["ticket"]
            self.decide(person, case, "pass", self.revision(case))
        assert self.read(case)["state"] == "approval"

    def finds(self, person: str, queue: str, case: OpenedCase) -> bool:
        """Follow the pages of this queue, each of one application, until the case is on one."""
        query: dict[str, Any] = {"queue": queue, "limit": 1}
        while True:
            page = good(self.client.get(f"{API}/applications", params=query, headers=self.staff(person)))
            if case["ticket"] in [each["ticket"] for each in page["applications"]]:
                return True
            if page["after"] is None:
                return False
            query["after"] = page["after"]

    def issued(self, case: OpenedCase, *evaluators: str) -> list[Any]:
        """The letters, once they are sealed."""
        self.evaluated(case, *evaluators)
        return self.signed(case)

    def signed(self, case: OpenedCase, person: str = "signer") -> list[Any]:
        self.decide(person, case, "sign", self.revision(case))
        return self.sealed(case)

    def sealed(self, case: OpenedCase) -> list[Any]:
        await_(lambda: self.read(case)["state"] == "issued")
        return list(self.read(case)["letters"])

    def file(self, case: OpenedCase, letter: Mapping[str, Any]) -> bytes:
        answer = self.client.get(f"{API}/letters/{letter['letter']}/file", headers=_bearer(case))
        assert answer.status_code == 200, answer.text
        return answer.content

    # -- what is left of it

    def steps(self, case: OpenedCase) -> list[str]:
        """Return the steps of the application, as the ledger has them."""
        return receipts.entered(self.client, lambda: self.read(case)["timeline"], _bearer(case))

    def decisions(self, case: OpenedCase) -> list[str]:
        """The steps from the payment on."""
        steps = self.steps(case)
        return steps[steps.index("application_paid") :]

    def mailed(self, case: OpenedCase, company: str, *templates: str) -> None:
        """These mails have come about this application and no others."""
        mails.came(self.client, company, case["ticket"], case["code"], *templates)

    def export(self) -> str:
        """All that the ledger has of this service, for auditors."""
        query = {"format": "entries", "service": "certificates"}
        answer = self.client.get("/audit/api/export", params=query, headers=self.staff("auditor"))
        assert answer.status_code == 200, answer.text
        return answer.text

    # -- anybody

    def verdict(self, number: str) -> Any:
        return good(self.client.get(f"{API}/verify/{number}"))

    def overtakings(self) -> list[str]:
        """A line for each month and reason, for each who asked for data, and for the time that was waited for them."""
        passed = good(self.client.get(f"{API}/overtakings"))
        data_requests = good(
            self.client.get(f"{API}/data-requests/officials", headers=self.staff("evaluator"))
        )
        waited = good(self.client.get(f"{API}/parking"))
        return sorted(
            [
                *(f"{each['month']} {each['reason']} {each['count']}" for each in passed),
                *(
                    f"{each['month']} asked {each['official']} {each['kind']} {each['count']}"
                    for each in data_requests
                ),
                *(
                    f"{each['month']} beyond {each['official']} {each['kind']} {each['beyond']}"
                    for each in data_requests
                    if each["beyond"]
                ),
                *(
                    f"{each['month']} waited {each['ended']} {each['median']} {each['longest']}"
                    for each in waited
                    if each["ended"]
                ),
                *(f"{each['month']} parked {each['overtaken']}" for each in waited if each["overtaken"]),
            ]
        )

    def verdict_of(self, pdf: bytes) -> Any:
        files = {"file": ("letter.pdf", pdf, "application/pdf")}
        return good(self.client.post(f"{API}/verify", files=files))

    # -- within

    def _get(self, case: OpenedCase) -> httpx.Response:
        return self.client.get(f"{API}/applications/{case['ticket']}", headers=_bearer(case))


def _application(case: OpenedCase, what: str) -> str:
    return f"{API}/applications/{case['ticket']}/{what}"


def _bearer(case: OpenedCase) -> Headers:
    return {"Authorization": case["Authorization"]}
