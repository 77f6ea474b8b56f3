"""The rules of the office for the ways by which messages are sent: how often an attempt is repeated, when a way rests after faults, and
the gateways for SMS and WhatsApp, described so that no code knows a provider, the push services of browsers, the chats of teams of officials,
and the other systems that are told of steps. One version of a file; no secret is in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.notice_routing import EventType
from zi_rules.people import AccountName
from zi_rules.version import Editions, refuse_repeats

MESSAGE_CHANNELS = "message_channels"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
HOST_PART = re.compile(r"[a-z0-9-]+")
IN_BODY = frozenset({"to", "text", "id", "secret"})
IN_HEADER = frozenset({"id", "secret"})
NEEDED_IN_BODY = frozenset({"to", "text", "id"})

PhoneChannelName = Literal["sms", "whatsapp"]
# Services of the library Apprise that are reached by HTTPS alone; it also knows some that run programs or write files of this machine.
TeamService = Literal["tgram", "matrixs", "slack", "discord", "mmosts", "rockets", "zulip", "gchat", "ntfys"]
GatewayName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,60}$")]
Pointer = Annotated[str, StringConstraints(pattern=r"^(?:/[^/]+)*$", max_length=200)]
Status = Annotated[int, Field(ge=200, le=599)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]
PushService = Annotated[
    str,
    StringConstraints(
        pattern=r"^(?:https://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+|http://127\.0\.0\.1:[0-9]{1,5})$",
        max_length=200,
    ),
]


class Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BreakerRules(Rules):
    """After this many faults in a row a provider rests for a while; then one attempt shows whether it is back."""

    faults: Annotated[int, Field(ge=1, le=100)] = 5
    rest_seconds: Annotated[int, Field(ge=1, le=3600)] = 60

    @property
    def rest(self) -> timedelta:
        return timedelta(seconds=self.rest_seconds)


class ChannelRules(Rules):
    """`retry_minutes`: the waits after each failed attempt; with the last one the delivery is given up."""

    retry_minutes: Annotated[
        tuple[Annotated[int, Field(ge=1, le=1440)], ...], Field(min_length=1, max_length=12)
    ]
    breaker: BreakerRules = BreakerRules()

    @property
    def waits(self) -> tuple[timedelta, ...]:
        return tuple(timedelta(minutes=minutes) for minutes in self.retry_minutes)


class GatewayRequest(Rules):
    """The POST of one message: the body's placeholders are {to}, {text}, {id} and {secret}, those of headers {id} and {secret}."""

    format: Literal["json", "form"] = "json"
    body: Mapping[str, Any]
    headers: Mapping[HeaderName, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_what_exists(self) -> Self:
        in_body = {name for text in texts_of(self.body) for name in PLACEHOLDER.findall(text)}
        in_headers = {name for text in self.headers.values() for name in PLACEHOLDER.findall(text)}
        if not in_body >= NEEDED_IN_BODY:
            raise ValueError(
                "name {to}, {text} and {id} in the body: the id is what a repeat and a receipt are known by"
            )
        if unknown := (in_body - IN_BODY) | (in_headers - IN_HEADER):
            raise ValueError(f"nothing is put in the place of {', '.join(sorted(unknown))}")
        if self.format == "form" and not all(isinstance(value, str) for value in self.body.values()):
            raise ValueError("the fields of a form are texts")
        return self


class GatewayAnswer(Rules):
    """The meaning of a status. `accepted`: the gateway has the message. `busy`: it has not, try later. `refused`: it never takes this one. Any
    other of 400 to 499: it has not, and the fault is with this office; all the rest says nothing for certain. `where`: what an accepted
    answer must have besides, by the place in its JSON."""

    accepted: Annotated[tuple[Status, ...], Field(min_length=1)] = (200, 201, 202)
    busy: tuple[Status, ...] = (429,)
    refused: tuple[Status, ...] = (400, 404, 410, 413, 422)
    where: Mapping[Pointer, tuple[str | int | bool, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        refuse_repeats([str(status) for status in (*self.accepted, *self.busy, *self.refused)])
        return self


class GatewayReceipts(Rules):
    """The receipts by which a gateway tells what became of a message: the header with the HMAC-SHA256 of the body, and where id and status of each receipt
    stand. A status that is in neither list changes nothing."""

    header: HeaderName
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"
    each: Pointer = ""
    id: Pointer
    status: Pointer
    delivered: Annotated[tuple[Word, ...], Field(min_length=1)]
    undelivered: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        refuse_repeats([*self.delivered, *self.undelivered])
        return self


class Gateway(Rules):
    """`repeats_once`: the provider takes two requests with one id as one message. Without that a message of which nobody knows whether it
    was sent is never sent again. `number` is how the gateway wants telephone numbers."""

    name: GatewayName
    seconds: Annotated[int, Field(ge=1, le=60)] = 15
    repeats_once: bool = False
    number: Literal["+62812", "62812", "0812"] = "+62812"
    request: GatewayRequest
    answer: GatewayAnswer = GatewayAnswer()
    receipts: GatewayReceipts | None = None


class WebhookRules(Rules):
    """Another system of the office, which is told of these steps of cases by signed calls with codes alone."""

    name: GatewayName
    events: Annotated[tuple[EventType, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        refuse_repeats(self.events)
        return self


class MailRules(ChannelRules):
    """`seconds`: how long the mail server may take for each of its answers. `at_once`: how many mails may be under way, each on a connection of
    its own; Postfix takes 50 connections of one client unless it is told otherwise."""

    seconds: Annotated[int, Field(ge=1, le=300)] = 30
    at_once: Annotated[int, Field(ge=1, le=200)] = 48


class PhoneChannelRules(ChannelRules):
    """The first gateway is used as long as it works. `to_each_a_day` and `first_a_day` limit messages to one number, and to new numbers."""

    to_each_a_day: Annotated[int, Field(ge=1, le=100)] = 5
    first_a_day: Annotated[int, Field(ge=1, le=10_000)] = 100
    gateways: Annotated[tuple[Gateway, ...], Field(min_length=1, max_length=4, alias="gateway")]


class WebPushRules(ChannelRules):
    """Notices to browsers. `services` are the push services that a browser may name, as https:// and a host, which may begin with `*.` for each
    host right under it; whatever else a citizen names is called by nobody. A service keeps a notice for `hours` while the device is off."""

    seconds: Annotated[int, Field(ge=1, le=60)] = 10
    hours: Annotated[int, Field(ge=1, le=672)] = 72
    services: Annotated[tuple[PushService, ...], Field(min_length=1, max_length=32)]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        refuse_repeats(self.services)
        return self

    def takes(self, endpoint: str) -> bool:
        """Return whether the address is one of a push service of this office."""
        if not (endpoint.isascii() and endpoint.isprintable()) or {" ", "\\", "@", "#"} & set(endpoint):
            return False
        try:
            parts = urlsplit(endpoint)
        except ValueError:
            return False
        called = f"{parts.scheme}://{parts.netloc}"
        return len(parts.path) > 1 and any(_is_under(called, service) for service in self.services)

    def names(self, endpoint: str) -> bool:
        """Return whether the host of an address that is taken stands here itself, and not a `*.` under which its reader may choose one."""
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{parts.netloc}" in self.services


class MessengerTeam(Rules):
    """A chat of a team of officials, or of one of them, at a service. It gets what its `members` get by mail, and is named a case only if each of
    them may know of it. The address, which has the key in it, is the operator's secret of this name."""

    name: GatewayName
    service: TeamService
    members: Annotated[tuple[AccountName, ...], Field(min_length=1, max_length=64)]
    language: Literal["id", "en"] = "id"

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        refuse_repeats(self.members)
        return self


class MessengerRules(ChannelRules):
    """`seconds`: how long the service may take for one message."""

    seconds: Annotated[int, Field(ge=1, le=60)] = 20
    teams: Annotated[tuple[MessengerTeam, ...], Field(min_length=1, max_length=16, alias="team")]


class MessageChannels(Configured):
    """`for_phones`: the channel for whoever gave a telephone number and no e-mail address; without it such people get no message."""

    email: MailRules
    sms: PhoneChannelRules | None = None
    whatsapp: PhoneChannelRules | None = None
    for_phones: PhoneChannelName | None = None
    web_push: WebPushRules | None = None
    messenger: MessengerRules | None = None
    webhooks: Annotated[tuple[WebhookRules, ...], Field(max_length=16, alias="webhook")] = ()

    @model_validator(mode="after")
    def _has_what_it_names(self) -> Self:
        refuse_repeats(
            [
                *(each.name for each in self.gateways),
                *(each.name for each in self.webhooks),
                *(each.name for each in self.teams),
            ]
        )
        if self.for_phones is not None and self.for_phones not in self.phones:
            raise ValueError(f"for_phones is {self.for_phones}, and no gateway is described for it")
        return self

    @property
    def phones(self) -> Mapping[PhoneChannelName, PhoneChannelRules]:
        described: Mapping[PhoneChannelName, PhoneChannelRules | None] = {
            "sms": self.sms,
            "whatsapp": self.whatsapp,
        }
        return {name: rules for name, rules in described.items() if rules is not None}

    @property
    def gateways(self) -> Sequence[Gateway]:
        return [gateway for rules in self.phones.values() for gateway in rules.gateways]

    @property
    def teams(self) -> tuple[MessengerTeam, ...]:
        return () if self.messenger is None else self.messenger.teams


def _is_under(called: str, service: str) -> bool:
    """Compare scheme, host and port; a port is none of a push service unless the service names it."""
    scheme, _, host = service.partition("://")
    if not host.startswith("*."):
        return called == service
    ending = host[1:]
    name = called.removeprefix(f"{scheme}://").removesuffix(ending)
    return called == f"{scheme}://{name}{ending}" and HOST_PART.fullmatch(name) is not None


def texts_of(template: object) -> Iterator[str]:
    """Yield every text of a template, at any depth."""
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from texts_of(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from texts_of(value)


def load_message_channels(office_folder: Path | None = None) -> Editions[MessageChannels]:
    """Raises UnusableConfigurationError."""
    configuration = read_file(MESSAGE_CHANNELS, "message_channels.toml", office_folder)
    return Editions(MessageChannels, MESSAGE_CHANNELS, [configuration])
