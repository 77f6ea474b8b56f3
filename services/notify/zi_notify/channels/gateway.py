"""SMS and WhatsApp: one attempt to hand a message to a gateway over HTTPS, and its outcome.

The number stands in the body alone, never in an address, which others log. A message that the gateway may have is uncertain, not
failed: only a connection that never came about, or an answer that says so, is certain.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import httpx

from zi_chassis import outgoing
from zi_notify.channels.channel import AT_ONCE, Attempted, Outcome
from zi_notify.channels.gateway_body import UnreadableError, body_of, headers_of, is_accepted
from zi_notify.channels.phone_number import written
from zi_notify.channels.retry_after import wait_of
from zi_rules.message_channels import Gateway, GatewayAnswer

LARGEST_ANSWER = 64 * 1024
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True)
class ShortMessage:
    """`number` in digits with the country's code; `id` is the same for every attempt at one gateway, and known to nobody else."""

    number: str = field(repr=False)
    text: str = field(repr=False)
    id: UUID


class GatewayChannel:
    def __init__(self, gateway: Gateway, url: str, secret: str) -> None:
        self._gateway, self._url, self._secret = gateway, url, secret
        # What takes too long before a connection is there is over before the whole is, and so certain.
        self._timeout = httpx.Timeout(gateway.seconds, connect=gateway.seconds / 3, pool=gateway.seconds / 3)
        self._client: httpx.AsyncClient | None = None

    @property
    def name(self) -> str:
        return self._gateway.name

    @property
    def repeats_once(self) -> bool:
        return self._gateway.repeats_once

    async def hand_over(self, message: ShortMessage) -> Attempted:
        fields = {
            "to": written(message.number, self._gateway.number),
            "text": message.text,
            "id": str(message.id),
            "secret": self._secret,
        }
        try:
            async with asyncio.timeout(self._gateway.seconds):
                return await self._post(fields)
        except NEVER_SENT:
            return Attempted("technical")
        except (TimeoutError, httpx.HTTPError, OSError):
            return Attempted("uncertain")

    async def _post(self, fields: Mapping[str, str]) -> Attempted:
        request = self._connected().build_request(
            "POST",
            self._url,
            content=body_of(self._gateway.request, fields),
            headers={"Accept-Encoding": "identity", **headers_of(self._gateway.request, fields)},
            timeout=self._timeout,
        )
        answer = await self._connected().send(request, stream=True, follow_redirects=False)
        try:
            content = await _beginning(answer)
        finally:
            await answer.aclose()
        outcome = outcome_of(self._gateway.answer, answer.status_code, content)
        rest = wait_of(answer.headers.get("retry-after", "")) if outcome == "temporary" else None
        return Attempted(outcome, rest)

    def _connected(self) -> httpx.AsyncClient:
        """One client for all messages: a connection is made once, in the loop of the sender."""
        if self._client is None:
            self._client = outgoing.client(self._gateway.seconds, AT_ONCE)
        return self._client


def outcome_of(rules: GatewayAnswer, status: int, content: bytes) -> Outcome:
    if status in rules.accepted:
        return _accepted(rules, content)
    if status in rules.busy:
        return "temporary"
    if status in rules.refused:
        return "permanent"
    return "technical" if 400 <= status < 500 else "uncertain"


def _accepted(rules: GatewayAnswer, content: bytes) -> Outcome:
    try:
        return "handed_over" if is_accepted(rules, content) else "uncertain"
    except UnreadableError:
        return "uncertain"


async def _beginning(answer: httpx.Response) -> bytes:
    content = b""
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > LARGEST_ANSWER:
            break
    return content
