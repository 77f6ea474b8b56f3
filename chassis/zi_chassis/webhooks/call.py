"""One call of a webhook: to the address that was checked, without following redirects and without reading what comes back."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import httpx

from zi_chassis import outgoing
from zi_chassis.domain_error import DomainError
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_chassis.webhooks.signature import webhook_headers

SECONDS = 15.0
LONGEST_WAIT = 24 * 3600
CallOutcome = Literal["delivered", "gone", "refused", "redirected", "unreachable", "too_slow", "unsafe"]


@dataclass(frozen=True)
class WebhookEndpoint:
    """The address of a subscriber, and the keys that it may know."""

    url: str
    keys: Sequence[bytes]


@dataclass(frozen=True)
class WebhookCall:
    """The result of a call: `status` if there was an answer, `wait` the seconds that the receiver asked for."""

    outcome: CallOutcome
    status: int | None = None
    wait: int | None = None


class WebhookCaller:
    def __init__(self, addresses: PublicAddresses, seconds: float = SECONDS) -> None:
        self.addresses = addresses
        self._seconds = seconds

    async def call(self, endpoint: WebhookEndpoint, id: str, at: datetime, body: bytes) -> WebhookCall:
        """Deliver once; never raises for what the receiver does."""
        headers = webhook_headers(id, at, body, endpoint.keys)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(endpoint.url, headers, body)
        except DomainError:
            return WebhookCall("unsafe")
        except (TimeoutError, httpx.TimeoutException):
            return WebhookCall("too_slow")
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return WebhookCall("unreachable")

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookCall:
        named = {**headers, "User-Agent": "zona-webhooks"}
        answer = await post_checked(self.addresses, url, named, body, self._seconds)
        return _call_of(answer.status_code, answer.headers.get("retry-after", ""))


async def post_checked(
    addresses: PublicAddresses, url: str, headers: Mapping[str, str], body: bytes, seconds: float
) -> httpx.Response:
    """Post to the address that was checked; what comes back is not read. Raises UnusableAddressError, AddressNotFoundError and
    PrivateAddressError before anything is sent, and the errors of httpx."""
    parts = addresses.checked(url)
    address = await addresses.address(parts)
    called = httpx.URL(url).copy_with(host=address)
    # A client for each call: connections of two names at one address are not shared.
    async with outgoing.client(seconds) as client:
        request = client.build_request(
            "POST",
            called,
            content=body,
            headers={**headers, "Host": parts.netloc},
            # What takes too long before a connection is there is over before the whole is, and so certain.
            timeout=httpx.Timeout(seconds, connect=seconds / 3),
            extensions={"sni_hostname": parts.hostname},
        )
        answer = await client.send(request, stream=True, follow_redirects=False)
        await answer.aclose()
    return answer


def _call_of(status: int, retry_after: str) -> WebhookCall:
    if status < 300:
        return WebhookCall("delivered", status)
    if status == httpx.codes.GONE:
        return WebhookCall("gone", status)
    if status < 400:
        return WebhookCall("redirected", status)
    is_number = retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 8
    return WebhookCall("refused", status, min(int(retry_after), LONGEST_WAIT) if is_number else None)
