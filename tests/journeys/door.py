"""Steps of strangers and officers at the front door, over plain HTTP: the same for `make up` and for compose."""

import html
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
from tests.taken_evidence import take

Filed = Mapping[str, Any]


class Door:
    """`client` reaches the gateway; `staff` gives the headers of a signed-in person."""

    def __init__(self, client: httpx.Client, staff: Callable[[str], dict[str, str]]) -> None:
        self.client = client
        self.staff = staff

    def file(self, body: Mapping[str, Any], key: str | None = None, to: str = "complaints") -> Filed:
        answer = self.client.post(f"/intake/api/{to}", json=body, headers=fresh(key))
        filed: Filed = good(answer, 201)
        return filed

    def office(
        self, filed: Filed, command: str, body: Mapping[str, Any] | None = None, person: str = "officer"
    ) -> Any:
        answer = self.client.post(self._case(filed, command), json=body, headers=self.staff(person) | fresh())
        return good(answer)

    def citizen(self, filed: Filed, command: str, body: Mapping[str, Any] | None = None) -> Any:
        return good(self.client.post(self._case(filed, command), json=body, headers=code(filed) | fresh()))

    def attach(self, filed: Filed, content: bytes, name: str = "photo") -> Any:
        return good(self.upload(filed, content, name), 201)

    def upload(self, filed: Filed, content: bytes, name: str = "photo") -> httpx.Response:
        files = {"file": (name, content, "application/octet-stream")}
        headers = code(filed) | fresh()
        return self.client.post(self._case(filed, "attachments"), files=files, headers=headers)

    def track(self, filed: Filed) -> Any:
        return good(self.client.get(f"/intake/api/cases/{filed['ticket']}", headers=code(filed)))

    def evidence(self, filed: Filed) -> bytes:
        answer = self.client.get(self._case(filed, "evidence"), headers=code(filed))
        assert answer.status_code == 200, answer.text
        return answer.content

    def whole_evidence(self, filed: Filed) -> bytes | None:
        return whole(self.evidence(filed))

    def all_steps(self, filed: Filed, texts: Mapping[str, str], photo: bytes | None) -> None:
        """From the photo, if there is one, to the closed case."""
        if photo is not None:
            self.attach(filed, photo, texts["photo"])
        self.office(filed, "acknowledge")
        self.office(filed, "assign", {"officer": "officer"})
        self.office(filed, "ask", {"text": texts["question"]})
        self.citizen(filed, "reply", {"text": texts["reply"]})
        self.office(filed, "personal-data", {"purpose": "handling"})
        self.office(filed, "answer", {"text": texts["answer"]})
        self.office(filed, "close")

    def _case(self, filed: Filed, what: str) -> str:
        return f"/intake/api/cases/{filed['ticket']}/{what}"


def opened(client: httpx.Client, filed: Filed) -> dict[str, str]:
    """The header that opens the case in every service."""
    answer = client.post(f"/intake/api/cases/{filed['ticket']}/token", headers=code(filed))
    client.cookies.clear()
    return {"Authorization": f"Bearer {good(answer)['token']}"}


def code(filed: Filed) -> dict[str, str]:
    return {"X-Case-Code": filed["code"]}


def fresh(key: str | None = None) -> dict[str, str]:
    """The header of a new intention, or of this one again."""
    return {"Idempotency-Key": key or str(uuid4())}


def good(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    return answer.json()


def page_text(client: httpx.Client, address: str, person: Mapping[str, str] | None = None) -> str:
    """Return a page in English, as anybody sees it, or whoever has this `Authorization`."""
    wanted = {"Accept": "text/html", "Accept-Language": "en"}
    if person is not None:
        wanted["Authorization"] = person["Authorization"]
    answer = client.get(address, headers=wanted)
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    return html.unescape(answer.text)


def whole(evidence: bytes) -> bytes | None:
    """None while the ledger has not given every entry its receipt yet."""
    return None if take(evidence).pending else evidence
