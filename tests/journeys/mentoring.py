"""Steps of small businesses, their mentors and the rest of the office towards a registered product, over plain HTTP and by the front door."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from tests.intake.sample_files import encoded, halves
from tests.journeys import mails, receipts
from tests.journeys.door import fresh, good, opened, page_text
from tests.journeys.house import await_
from tests.web.browsing import HIDDEN

from zi_rules.mentoring.readiness import CPPOB_REACHED
from zi_rules.mentoring.rule_set import Part, load_mentoring_rules

API = "/umkm/api"
MENTOR, SECOND_MENTOR = "mentor", "mentor-2"
NUGGETS = {"kind": "frozen_fish", "traits": ["frozen_meat_or_fish"], "name": "Nugget Rekaan"}
SAMBAL = {"kind": "sambal", "name": "Sambal Rekaan"}
CLEAN: tuple[str, ...] = ()
KBLI = "10213"

Headers = dict[str, str]
OpenedCase = Mapping[str, str]


def request_of(name: str, nib: str | None = None) -> dict[str, Any]:
    """An invented business; its name is found nowhere else."""
    return {
        "language": "id",
        "district": "nunukan",
        "business": {"name": f"Dapur {name}", "address": f"Jalan {name} 1, Nunukan", "nib": nib},
        "products": [{"name": f"Olahan {name}"}],
        "reporter": {"name": f"Bunga {name}", "email": mails.address(name), "phone": None},
    }


class Mentoring:
    """`client` reaches the gateway; `staff` gives the headers of a signed-in person."""

    def __init__(self, client: httpx.Client, staff: Callable[[str], Headers]) -> None:
        self.client = client
        self.staff = staff

    # -- the business

    def requested(self, name: str, nib: str | None = None) -> OpenedCase:
        """Ticket, code, and the header that opens the case, once umkm has heard of it."""
        filed = good(
            self.client.post("/intake/api/mentoring-requests", json=request_of(name, nib), headers=fresh()),
            201,
        )
        mails.confirm(self.client, mails.address(name))
        return self.opened(filed["ticket"], filed["code"])

    def opened(self, ticket: str, code: str) -> OpenedCase:
        known = {"ticket": ticket, "code": code}
        case = known | opened(self.client, known)
        await_(lambda: self._get(case).status_code == 200)
        return case

    def give_number(self, case: OpenedCase, nib: str) -> None:
        """At the front door, because it is personal; umkm hears of it."""
        where = f"/intake/api/cases/{case['ticket']}/nib"
        good(self.client.post(where, json={"nib": nib}, headers=_bearer(case) | fresh()))
        await_(lambda: self.read(case)["has_nib"])

    def read(self, case: OpenedCase) -> Any:
        return good(self._get(case))

    def state(self, case: OpenedCase) -> str:
        return str(self.read(case)["state"])

    # -- anybody of the case; without a person it is the business

    def tell(self, case: OpenedCase, command: str, body: Any = None, person: str = "") -> httpx.Response:
        headers = (self.staff(person) if person else _bearer(case)) | fresh()
        return self.client.post(_case(case, command), json=body, headers=headers)

    def done(self, case: OpenedCase, command: str, body: Any = None, person: str = "") -> Any:
        return good(self.tell(case, command, body, person))

    def send(self, case: OpenedCase, /, command: str, person: str = "", **form: str | list[str]) -> Any:
        """With a picture, once umkm has heard of it."""
        headers = (self.staff(person) if person else _bearer(case)) | fresh()
        where = command if command.startswith("/") else _case(case, command)
        files = {"file": ("file.png", encoded(halves(), "PNG"))}
        return await_(lambda: _taken(self.client.post(where, data=form, files=files, headers=headers)))

    def press(self, case: OpenedCase, command: str, person: str, **chosen: str) -> httpx.Response:
        """Send the form of the desk's page of the case for this command, with these hidden fields among those that it has."""
        text = self.desk_page(case, person)
        forms = re.findall(
            rf'<form method="post" action="([^"]+/{command})"[^>]*>(.*?)</form>', text, re.DOTALL
        )
        hidden = [(where, dict(HIDDEN.findall(form))) for where, form in forms]
        [(where, fields)] = [each for each in hidden if chosen.items() <= each[1].items()]
        return self.client.post(where, data=fields, headers=self.staff(person))

    def desk_page(self, case: OpenedCase, person: str) -> str:
        return page_text(self.client, f"/umkm/desk/cases/{case['ticket']}", self.staff(person))

    # -- the usual way

    def mentored(
        self, name: str, *products: Mapping[str, Any], nib: str | None = None, by: str = MENTOR
    ) -> OpenedCase:
        """It has said what it makes, and has a mentor and its way."""
        case = self.requested(name, nib)
        self.made(case, *products)
        self.done(case, "assign", {"mentor": by}, by)
        self.done(case, "triage", person=by)
        return case

    def made(self, case: OpenedCase, *products: Mapping[str, Any]) -> None:
        statement = {"district": "nunukan", "kbli": [KBLI], "products": list(products or (NUGGETS,))}
        self.done(case, "restate", statement)

    def visited(
        self, case: OpenedCase, wrong: Iterable[str] = CLEAN, by: str = MENTOR, note: str | None = None
    ) -> None:
        """All is well but `wrong`, of which there may be a note, and both have signed."""
        visit, answers = self._answered(case, frozenset(wrong), by, note)
        for side in ("business", "office"):
            self.send(
                case,
                f"{API}/visits/{visit}/files",
                by,
                id=str(uuid4()),
                case=case["ticket"],
                kind="signature",
                side=side,
                answers=answers,
                device_time=_now(),
            )
        self._finished(case, visit, by)

    def visit(self, case: OpenedCase) -> Any:
        """Return the state of the only visit under way."""
        headers = self.staff(MENTOR)
        known = good(self.client.get(f"{API}/visits", headers=headers))["visits"]
        [visit] = [each["visit"] for each in known if each["case"] == case["ticket"]]
        return good(
            self.client.get(f"{API}/visits/{visit}", params={"case": case["ticket"]}, headers=headers)
        )

    def looked_at_itself(self, case: OpenedCase, wrong: Iterable[str] = CLEAN) -> None:
        visit, _ = self._answered(case, frozenset(wrong), "")
        self._finished(case, visit, "")

    def put_right(self, case: OpenedCase, item: str) -> None:
        """And looked at by somebody else."""
        self.done(case, "agree", {"item": item, "plan": "Diperbaiki minggu ini."})
        self.send(case, "give-evidence", item=item)
        self.done(case, "verify", {"item": item, "means": "on_site"}, "officer")

    def complete(self, case: OpenedCase) -> None:
        """Every paper that the rules miss, and every part of the label."""
        for missing in self._missing(case, "permit"):
            self.send(case, "add-document", document=missing)
        label = [each.code for each in load_mentoring_rules()[-1].requirements if each.part == Part.LABEL]
        for product in self.read(case)["products"]:
            number = product["number"]
            self.done(case, "check-label", {"product": number, "parts": label}, MENTOR)
            for missing in self._missing(case, "registration", number):
                self.send(case, "add-document", document=missing, product=str(number))

    def permitted(self, case: OpenedCase) -> None:
        self.done(case, "apply-for-permit")
        self.issued(case)

    def issued(self, case: OpenedCase) -> None:
        """By three officials, of whom the last one signs."""
        self.done(case, "verify-account", person="officer")
        self.done(case, "find-fit", {}, "evaluator")
        self.done(case, "issue-permit", person="head")

    def registered(self, case: OpenedCase, number: str, product: int = 1) -> None:
        self.done(case, "send-registration", {"product": product})
        self.done(case, "record-number", {"product": product, "number": number})

    # -- what can be taken along

    def letter(self, case: OpenedCase) -> httpx.Response:
        """To the health office."""
        return self.client.get(f"/umkm/cases/{case['ticket']}/referral-letter", headers=_bearer(case))

    def dossier(self, case: OpenedCase, product: int) -> zipfile.ZipFile:
        where = f"/umkm/cases/{case['ticket']}/products/{product}/dossier.zip"
        answer = self.client.get(where, headers=_bearer(case))
        assert answer.status_code == 200, answer.text
        return zipfile.ZipFile(io.BytesIO(answer.content))

    # -- what is left of it

    def steps(self, case: OpenedCase) -> list[str]:
        """Return the steps of the case, as the ledger has them."""
        return receipts.entered(self.client, lambda: self.read(case)["timeline"], _bearer(case))

    def milestones(self, case: OpenedCase) -> list[str]:
        """Without papers and visits, of which there are as many as one likes."""
        small = ("document_added", "label_checked")
        return [each for each in self.steps(case) if each not in small and not each.startswith("visit_")]

    def mailed(self, case: OpenedCase, name: str, *templates: str) -> None:
        """These mails have come about this case and no others."""
        mails.came(self.client, name, case["ticket"], case["code"], *templates)

    # -- within

    def _get(self, case: OpenedCase) -> httpx.Response:
        return self.client.get(f"{API}/cases/{case['ticket']}", headers=_bearer(case))

    def _answered(
        self, case: OpenedCase, wrong: frozenset[str], by: str, note: str | None = None
    ) -> tuple[str, list[str]]:
        """A visit, and its answers to the checklist in force."""
        visit, headers = str(uuid4()), self.staff(by) if by else _bearer(case)
        form = good(self.client.get(f"{API}/visits", headers=self.staff(MENTOR)))["checklists"][0]
        answers = [
            {
                "id": str(uuid4()),
                "item": item["code"],
                "outcome": "no" if item["code"] in wrong else "yes",
                "grade": item["grades"][0] if item["code"] in wrong else None,
                "note": note if item["code"] in wrong else None,
                "device_time": _now(),
            }
            for item in form["items"]
        ]
        assert wrong <= {each["item"] for each in answers}
        body = {"case": case["ticket"], "checklist": {"id": form["id"], "version": form["version"]}}
        where = f"{API}/visits/{visit}/sync"
        synced = good(self.client.post(where, json=body | {"answers": answers}, headers=headers))
        assert not synced["unanswered"]
        assert {each["fate"] for each in synced["answers"]} == {"taken"}
        return visit, [str(each["id"]) for each in answers]

    def _finished(self, case: OpenedCase, visit: str, by: str) -> None:
        headers = self.staff(by) if by else _bearer(case)
        good(self.client.post(f"{API}/visits/{visit}/finish", json={"case": case["ticket"]}, headers=headers))

    def _missing(self, case: OpenedCase, part: str, product: int = 1) -> list[str]:
        answer = self.read(case)
        [found] = [each["missing"] for each in answer["products"] if each["number"] == product]
        wanted = [each["code"] for each in (*answer["missing_for_permit"], *found) if each["part"] == part]
        return [each for each in dict.fromkeys(wanted) if each != CPPOB_REACHED]


def _taken(answer: httpx.Response) -> Any:
    """A file is unknown to umkm until it has heard of it."""
    return answer.json() if answer.status_code in (200, 201) else None


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _case(case: OpenedCase, command: str) -> str:
    return f"{API}/cases/{case['ticket']}/{command}"


def _bearer(case: OpenedCase) -> Headers:
    return {"Authorization": case["Authorization"]}
