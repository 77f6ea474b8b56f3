"""The channels of this office: those of its rules, with the addresses and secrets that its operator gave. What is described and can't be
used stops the start with a sentence."""

from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zi_chassis.clock import Clock
from zi_chassis.domain_error import DomainError
from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_chassis.webhooks.call import WebhookEndpoint
from zi_chassis.webhooks.signature import webhook_keys
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.channels.channel import ChannelProviders
from zi_notify.channels.email import EmailChannel, MailProvider
from zi_notify.channels.gateway import GatewayChannel, ShortMessage
from zi_notify.channels.messenger import MessengerChannel, TeamMessage, is_usable
from zi_notify.channels.web_push import WebPushChannel, WebPushMessage
from zi_notify.messaging.gateway_receipts import ReceiptSource
from zi_notify.sending.admission import Admission
from zi_notify.sending.message_writers import MailWriter, ShortMessageWriter, TeamWriter, WebPushWriter
from zi_notify.sending.sending_lane import SendingLane
from zi_notify.sending.turns import Turns
from zi_notify.texts.letter import Letterhead, Templates
from zi_notify.texts.short_message import ShortTexts
from zi_notify.texts.web_push_texts import WebPushTexts
from zi_rules.message_channels import Gateway, MessageChannels, MessengerTeam

LOCAL = {"localhost", "127.0.0.1", "::1"}


class UnusableGatewayError(DomainError):
    """A gateway is described, and the operator gave no address or secret that it can be used with."""


def mail_lane(
    settings: Settings,
    store: Store,
    clock: Clock,
    channels: MessageChannels,
    keys: RecipientKeys,
    admission: Admission,
    head: Letterhead,
    templates: Templates,
) -> SendingLane[Any]:
    host, _, port = settings.smtp.rpartition(":")
    account = {"user": settings.smtp_user, "password": settings.smtp_password}
    channel = EmailChannel(host, int(port), **account, timeout=channels.email.seconds)
    providers = ChannelProviders("email", channels.email, [MailProvider(channel)], channels.email.at_once)
    return SendingLane(store, clock, providers, MailWriter(keys, admission, head, templates), Turns())


def phone_lanes(
    settings: Settings,
    store: Store,
    clock: Clock,
    channels: MessageChannels,
    keys: RecipientKeys,
    admission: Admission,
    texts: ShortTexts,
) -> list[SendingLane[ShortMessage]]:
    """Raises UnusableGatewayError."""
    return [
        SendingLane(
            *(store, clock),
            ChannelProviders(name, rules, [gateway_channel(settings, each) for each in rules.gateways]),
            ShortMessageWriter(keys, admission, rules, texts),
            Turns(),
        )
        for name, rules in channels.phones.items()
    ]


def web_push_lanes(
    settings: Settings,
    store: Store,
    clock: Clock,
    channels: MessageChannels,
    keys: RecipientKeys,
    admission: Admission,
    texts: WebPushTexts,
) -> list[SendingLane[WebPushMessage]]:
    """Return the lane of notices to browsers; none where the rules name no push service."""
    rules = channels.web_push
    if rules is None:
        return []
    contact = f"mailto:{parseaddr(settings.mail_from)[1]}"
    channel = WebPushChannel(rules, keys.web_push, contact, clock)
    providers = ChannelProviders("web_push", rules, [channel])
    return [SendingLane(store, clock, providers, WebPushWriter(keys, admission, texts), Turns())]


def messenger_lanes(
    settings: Settings,
    store: Store,
    clock: Clock,
    channels: MessageChannels,
    keys: RecipientKeys,
    admission: Admission,
    head: Letterhead,
    templates: Templates,
) -> list[SendingLane[TeamMessage]]:
    """Return the lane of the chats of officials; none where the rules name no team. Raises UnusableGatewayError."""
    rules = channels.messenger
    if rules is None:
        return []
    chats = [MessengerChannel(team, _team_url(settings, team), rules.seconds) for team in rules.teams]
    providers = ChannelProviders("messenger", rules, chats)
    return [SendingLane(store, clock, providers, TeamWriter(keys, admission, head, templates), Turns())]


def _team_url(settings: Settings, team: MessengerTeam) -> str:
    url = _secret(settings, team.name)
    if not is_usable(team, url):
        raise UnusableGatewayError(
            "The secret {name} is no address of Apprise for one chat at {service}. Write it as docs/operations.md says.",
            name=team.name,
            service=team.service,
        )
    return url


def gateway_channel(settings: Settings, gateway: Gateway) -> GatewayChannel:
    return GatewayChannel(gateway, gateway_url(settings, gateway.name), _secret(settings, gateway.name))


def gateway_url(settings: Settings, name: str) -> str:
    """Raises UnusableGatewayError also for an address over which numbers would be readable on the way."""
    url = settings.gateway_urls.get(name, "")
    parts = urlsplit(url)
    is_encrypted = parts.scheme == "https" and parts.hostname
    if not is_encrypted and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise UnusableGatewayError(
            "The gateway {name} is described in message_channels.toml: give its address, which begins with https://, in ZI_GATEWAY_URLS.",
            name=name,
        )
    return url


def webhook_endpoints(settings: Settings, channels: MessageChannels) -> Mapping[str, WebhookEndpoint]:
    """Return the address and the keys of each other system. Raises UnusableGatewayError."""
    return {
        each.name: WebhookEndpoint(
            gateway_url(settings, each.name), _webhook_keys(_secret(settings, each.name), each.name)
        )
        for each in channels.webhooks
    }


def _webhook_keys(written: str, name: str) -> Sequence[bytes]:
    try:
        return webhook_keys(written)
    except ValueError:
        raise UnusableGatewayError(
            "The secret {name} is not one of Standard Webhooks: write whsec_ and 24 to 64 bytes in base64, one secret a line.",
            name=name,
        ) from None


def receipt_sources(settings: Settings, channels: MessageChannels) -> Mapping[str, ReceiptSource]:
    """Raises UnusableGatewayError."""
    return {
        gateway.name: ReceiptSource(gateway.receipts, _secret(settings, f"{gateway.name}.receipts").encode())
        for gateway in channels.gateways
        if gateway.receipts is not None
    }


def _secret(settings: Settings, name: str) -> str:
    path = settings.gateway_secrets / name if settings.gateway_secrets else None
    secret = _read(path)
    if not secret:
        raise UnusableGatewayError(
            "The gateway needs the secret {name}: put it into a file of that name in the folder that ZI_GATEWAY_SECRETS names.",
            name=name,
        )
    return secret


def _read(path: Path | None) -> str:
    try:
        return path.read_text("utf-8").strip() if path is not None else ""
    except OSError:
        return ""
