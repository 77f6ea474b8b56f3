"""Hands one message to a service by the library Apprise, in a process of its own that ends when its time is over.

No other process imports Apprise. It says no more than yes or no, so what its requests came to is noted beside it. No request leaves
unencrypted except to this machine, none follows a redirect, and a certificate always has to hold.
"""

import json
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from resource import RLIMIT_AS, setrlimit
from ssl import SSLCertVerificationError
from typing import Any
from urllib.parse import urlsplit

import requests
from apprise import Apprise, AppriseAsset, NotifyFormat
from requests import sessions
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NotConnected
from requests.exceptions import ConnectTimeout, InvalidSchema
from urllib3.exceptions import NewConnectionError, SSLError

SERVICES: Mapping[str, tuple[str, str]] = {
    "tgram": ("telegram", "NotifyTelegram"),
    "matrixs": ("matrix", "NotifyMatrix"),
    "slack": ("slack", "NotifySlack"),
    "discord": ("discord", "NotifyDiscord"),
    "mmosts": ("mattermost", "NotifyMattermost"),
    "rockets": ("rocketchat", "NotifyRocketChat"),
    "zulip": ("zulip", "NotifyZulip"),
    "gchat": ("google_chat", "NotifyGoogleChat"),
    "ntfys": ("ntfy", "NotifyNtfy"),
    "ntfy": ("ntfy", "NotifyNtfy"),  # unencrypted, so to this machine alone
}
LOCAL = {"localhost", "127.0.0.1", "::1"}
MOST_MEMORY = 1024**3


class NotedCalls(HTTPAdapter):
    """Notes of each request whether it was sent, and the status and the wish to wait of its answer."""

    calls: list[dict[str, Any]] = []  # noqa: RUF012  the library makes the adapters itself

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        call: dict[str, Any] = {"sent": False, "status": None, "wait": ""}
        self.calls.append(call)
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            raise InvalidSchema("the request is not encrypted")
        options |= {"verify": True, "proxies": None}
        try:
            answer = super().send(request, *args, **options)
        except NotConnected as fault:
            call["sent"] = not _never_connected(fault)
            raise
        except Exception:
            call["sent"] = True
            raise
        call |= {"sent": True, "status": answer.status_code, "wait": _wanted_wait(answer)}
        return answer


def _never_connected(fault: NotConnected) -> bool:
    """Return whether no request can have left: no connection, or a certificate that does not hold. Any other fault of TLS may come later."""
    reason = getattr(fault.args[0] if fault.args else None, "reason", None)
    if isinstance(reason, SSLError):
        return any(isinstance(each, SSLCertVerificationError) for each in reason.args)
    return isinstance(fault, ConnectTimeout) or isinstance(reason, NewConnectionError)


def _wanted_wait(answer: requests.Response) -> str:
    """Return the seconds for which the service asked to wait, by the header or as Telegram says it."""
    if answer.status_code < 400:
        return ""
    header = answer.headers.get("Retry-After", "")
    try:
        return header or str(answer.json()["parameters"]["retry_after"])
    except (ValueError, LookupError, TypeError):
        return ""


def hand_over(service: str, url: str, text: str, seconds: int) -> dict[str, Any]:
    """Return what Apprise said and its requests in their order."""
    sessions.HTTPAdapter = NotedCalls  # type: ignore[attr-defined]
    try:
        chat = _chat(service, url, seconds)
        accepted = bool(chat and chat.notify(body=text, body_format=NotifyFormat.TEXT))
    except Exception:
        accepted = False
    return {"accepted": accepted, "calls": NotedCalls.calls}


def _chat(service: str, url: str, seconds: int) -> Apprise | None:
    """Return the chat that the address names; None where it names none, or several."""
    module, name = SERVICES[service]
    plugin = getattr(import_module(f"apprise.plugins.{module}"), name)
    described = plugin.parse_url(url)
    if not described:
        return None
    asset = AppriseAsset(async_mode=False, http_redirects=False)
    limits = {"rto": seconds, "cto": seconds / 3, "verify": True, "redirect": False}
    plain = {"detect_owner": False, "include_image": False}
    target = plugin(**{**described, **limits, **plain, "asset": asset})
    chat = Apprise(asset=asset)
    return chat if len(target) == 1 and chat.add(target) else None


def main() -> None:
    order = json.load(sys.stdin)
    signal.alarm(order["seconds"])
    setrlimit(RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    json.dump(hand_over(**order), sys.stdout)


if __name__ == "__main__":
    main()
