"""Citizens with browsers in front of the pages of invitations, in process; the ledger's receipts are made beside them."""

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
from tests.integrity.survey_house import SurveyHouse, opened, ticket_of
from tests.web.browsing import Browser
from tests.web.provider import ISSUER

from zi_chassis.access import case_token
from zi_chassis.access.case_token import CaseTokens
from zi_chassis.settings import Settings
from zi_tlog.tree import leaf_hash, node_hash, split


@dataclass
class SurveyPages:
    house: SurveyHouse
    client: httpx.AsyncClient
    tokens: CaseTokens

    def citizen(self, name: str) -> Browser:
        """With the token of the case."""
        return self.by_ticket(ticket_of(name))

    def by_ticket(self, ticket: str) -> Browser:
        return Browser(self.client, "/integrity", {case_token.COOKIE: self.tokens.issue(ticket)})

    def stranger(self) -> Browser:
        return Browser(self.client, "/integrity", {})


def page_of(name: str) -> str:
    return f"/integrity/surveys/invitation/{ticket_of(name)}"


@asynccontextmanager
async def visited(folder: Path) -> AsyncIterator[SurveyPages]:
    tokens = CaseTokens(Settings(service="intake", data=folder, issuer=ISSUER))
    async with opened(folder) as house:
        house.office.case_tokens = house.office.invitation_access._tokens = tokens
        transport = httpx.ASGITransport(app=house.service.app, client=("192.0.2.7", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://zona.example") as client:
            yield SurveyPages(house, client, tokens)


def receipt_of(entry: bytes, index: int, size: int) -> str:
    """Return a receipt as the ledger gives it; the other entries of the log are invented, and so is the signature."""
    leaves = [leaf_hash(entry if at == index else b"entry %d" % at) for at in range(size)]
    path = [b64encode(each).decode() for each in _path(index, leaves)]
    root = b64encode(_root(leaves)).decode()
    signature = b64encode(sha256(b"signature").digest()).decode()
    checkpoint = f"zona.example/contoh\n{size}\n{root}\n\n— zona.example/contoh {signature}\n"
    return "\n".join(["c2sp.org/tlog-proof@v1", f"index {index}", *path, "", ""]) + checkpoint


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return node_hash(_root(leaves[:middle]), _root(leaves[middle:]))


def _path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*_path(index, leaves[:middle]), _root(leaves[middle:])]
    return [*_path(index - middle, leaves[middle:]), _root(leaves[:middle])]
