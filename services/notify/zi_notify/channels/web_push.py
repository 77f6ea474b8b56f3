"""Notices to browsers: one attempt to hand a notice to the push service that the browser named, and its outcome.

Only a push service of the office's rules is called, and only at a public address. That it took a notice says nothing of the browser.
"""

import asyncio
from dataclasses import dataclass, field, replace

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from zi_chassis.clock import Clock
from zi_chassis.domain_error import DomainError
from zi_chassis.randomness import random_bytes
from zi_chassis.webhooks.call import post_checked
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_notify.channels.channel import Attempted, Outcome
from zi_notify.channels.retry_after import wait_of
from zi_notify.channels.web_push_encryption import CURVE, SALT, Browser, encrypted, sender_header
from zi_rules.message_channels import WebPushRules

URGENCY = "normal"
TAKEN, GONE, ASKED_TO_WAIT, SENDER_REFUSED = {200, 201, 202, 204}, {404, 410}, {429, 503}, {401, 403}
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout)
LOOPBACK = "http://127.0.0.1:"


@dataclass(frozen=True)
class WebPushMessage:
    """`topic`: a notice takes the place of one with the same topic that waits at the push service."""

    browser: Browser
    content: bytes = field(repr=False)
    topic: str = field(repr=False)


class WebPushChannel:
    """A notice that is sent again takes the place of the first: at the push service by its topic, on the device by its tag. Where a push
    service names a browser busy, that browser's notice waits, and nobody else's; so too after a fault of a host that the rules name by `*.`."""

    name = None
    repeats_once = True

    def __init__(
        self, rules: WebPushRules, key: ec.EllipticCurvePrivateKey, contact: str, clock: Clock
    ) -> None:
        self._rules, self._key, self._contact, self._clock = rules, key, contact, clock

    async def hand_over(self, message: WebPushMessage) -> Attempted:
        endpoint = message.browser.endpoint
        if not self._rules.takes(endpoint):
            return Attempted("permanent")
        return replace(await self._post(message, endpoint), is_alone=not self._rules.names(endpoint))

    async def _post(self, message: WebPushMessage, endpoint: str) -> Attempted:
        is_loopback = endpoint.startswith(LOOPBACK)  # which only the rules of a test name
        addresses = PublicAddresses(plain=is_loopback, private=is_loopback)
        body = encrypted(message.content, message.browser, random_bytes(SALT), ec.generate_private_key(CURVE))
        try:
            async with asyncio.timeout(self._rules.seconds):
                answer = await post_checked(
                    addresses, endpoint, self._headers(message), body, self._rules.seconds
                )
        except DomainError:  # the name leads nowhere, or to no public address
            return Attempted("temporary")
        except NEVER_SENT:
            return Attempted("technical")
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError):
            return Attempted("uncertain")
        wait = wait_of(answer.headers.get("retry-after", "")) if answer.status_code in ASKED_TO_WAIT else None
        return Attempted(outcome_of(answer.status_code), wait=wait)

    def _headers(self, message: WebPushMessage) -> dict[str, str]:
        return {
            "Authorization": sender_header(
                message.browser.endpoint, self._contact, self._key, self._clock.now()
            ),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(self._rules.hours * 3600),
            "Urgency": URGENCY,
            "Topic": message.topic,
            "User-Agent": "zona-notices",
        }


def outcome_of(status: int) -> Outcome:
    """One browser must not stop the notices to others: what a citizen can bring about by an address of their own is no fault of the
    channel. A subscription made under another office's key is refused like a wrong signature of this one."""
    if status in TAKEN:
        return "handed_over"
    if status in GONE:
        return "gone"
    if status in ASKED_TO_WAIT or status in SENDER_REFUSED:
        return "temporary"
    return "permanent" if status < 500 else "uncertain"
