"""Wiring of notify: store, outbox, an inbox for each sender, and the worker that sends the mails."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from email.utils import formataddr
from functools import partial

from fastapi import FastAPI

from zi_chassis.bus.broker import Broker
from zi_chassis.bus.inbox import React
from zi_chassis.bus.lanes import Reaction
from zi_chassis.bus.process import broker_of, join_bus
from zi_chassis.bus.sender_configuration import bus_configurations
from zi_chassis.clock import Clock
from zi_chassis.process.reachable import Reachable, greeted
from zi_chassis.service import Service, start
from zi_chassis.settings import Settings
from zi_chassis.storage.archive import Adoptable, Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.store import Store
from zi_chassis.web.configurations import configurations_router
from zi_chassis.web.language import LANGUAGES, Catalogue
from zi_chassis.webhooks.call import WebhookCaller, WebhookEndpoint
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_chassis.webhooks.queue import WebhookLoop
from zi_contracts.message import Message
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.messaging import gateway_receipts
from zi_notify.messaging.notice_webhooks import WebhookEndpoints
from zi_notify.messaging.published import decider, letters, recipients, switches
from zi_notify.notices.policies import Policies, load_policies
from zi_notify.notices.rounds import OfficialRounds
from zi_notify.read import browser_cases, projections, work_table
from zi_notify.read.channel_tables import ChannelProjection, is_off
from zi_notify.read.printed_letters import LetterProjection
from zi_notify.read.projections import DeliveryProjection
from zi_notify.sending.admission import Admission, MailLimits
from zi_notify.sending.channel_setup import (
    mail_lane,
    messenger_lanes,
    phone_lanes,
    receipt_sources,
    web_push_lanes,
    webhook_endpoints,
)
from zi_notify.sending.metrics import measure, measure_webhooks
from zi_notify.sending.official_contacts import OfficialContacts
from zi_notify.sending.sender import Sender
from zi_notify.texts.letter import Letterhead, Templates, foot_of, replies_of, templates, unread_in
from zi_notify.texts.message_previews import MessagePreviews
from zi_notify.texts.short_message import PhoneHead, ShortTexts, phone_templates
from zi_notify.texts.web_push_texts import WebPushTexts, web_push_templates
from zi_notify.web import (
    api,
    channel_pages,
    delivery_pages,
    letter_pages,
    pages,
    template_pages,
    web_push_key,
    webhook_pages,
)
from zi_rules.message_channels import MessageChannels, load_message_channels
from zi_rules.version import ContentLookup


class LostSecretError(Exception):
    """The secret of the recipients is lost. Stopped addresses are known by it alone: with a new secret they would get mail again."""


DECIDERS = (decider, recipients, letters, switches, configurations)
PROJECTIONS = (DeliveryProjection(), LetterProjection(), ChannelProjection())
GREETS_WITHIN = 20.0  # seconds: some mail servers let every client wait a while
ROUTED = (
    *(api, gateway_receipts, pages, channel_pages, template_pages),
    *(delivery_pages, letter_pages, webhook_pages, web_push_key),
)


def create_app(settings: Settings) -> FastAPI:
    service = Service(settings)
    archive = Archive(Database(settings.database or settings.folder / "store.db"))
    store = _store(settings, archive)
    keys = _recipient_keys(settings, store)
    editions = load_message_channels(settings.rules_folder)
    policies = load_policies(settings.rules_folder, keys, editions[0])
    broker = broker_of(service)
    officials = OfficialContacts(store, policies.officials, Catalogue("zi_notify"))
    sender = _sender(settings, store, broker, service.clock, keys, editions[0], archive.content, officials)
    endpoints = webhook_endpoints(settings, editions[0])
    webhooks = webhook_loop(store, service.clock, endpoints)
    rounds = OfficialRounds(store, service.clock, policies.officials, policies.lapses)
    to_adopt = (
        templates(),
        phone_templates(),
        web_push_templates(),
        *editions.configurations,
        *policies.configurations,
    )
    join_bus(
        service,
        broker,
        lambda: _opened((*to_adopt, *bus_configurations(settings)), store, service.clock),
        store,
        _reacting(policies, service.clock),
        policies.types,
        {"sender": sender, "rounds": rounds, "webhooks": webhooks},
    )
    state = service.app.state
    state.store, state.keys, state.sender, state.officials = store, keys, sender, policies.officials
    state.webhooks, state.receipt_sources = tuple(endpoints), receipt_sources(settings, editions[0])
    state.templates, state.previews = Templates(archive.content), _previews(settings, archive.content)
    service.include(*(each.router for each in ROUTED))
    measure(sender, service.clock)
    measure_webhooks(webhooks, endpoints)
    silent = "the mail server does not answer, so mails wait"
    service.notice("mail", Reachable(partial(greeted, settings.smtp), silent, patience=GREETS_WITHIN))
    service.app.include_router(configurations_router(store, archive))
    return service.app


@asynccontextmanager
async def _opened(adopted: Sequence[Adoptable], store: Store, clock: Clock) -> AsyncIterator[None]:
    store.open()
    await adopt(store, adopted, clock)
    yield
    store.close()


def _reacting(policies: Policies, clock: Clock) -> React:
    def react(tx: Tx, message: Message) -> Iterable[Reaction]:
        return policies.react(tx, message, clock.now())

    return react


def _store(settings: Settings, archive: Archive) -> Store:
    return Store(
        service="notify",
        office=settings.office,
        database=archive.database,
        deciders=DECIDERS,
        projections=PROJECTIONS,
        companions=(archive,),
        tables=work_table.TABLES,
        group_commit=settings.group_commit,
    )


def webhook_loop(store: Store, clock: Clock, described: Mapping[str, WebhookEndpoint]) -> WebhookLoop:
    """The addresses are the operator's own, and may lead into the office's network."""
    endpoints, caller = WebhookEndpoints(described), WebhookCaller(PublicAddresses(plain=True, private=True))
    off = partial(is_off, channel="webhook")
    return WebhookLoop(store, clock, caller, endpoints.find, endpoints.end, off, pauses=True)


def _recipient_keys(settings: Settings, store: Store) -> RecipientKeys:
    path = settings.folder / "secrets" / "recipients"
    if not path.exists() and _knows_addresses(store):
        raise LostSecretError(
            f"This database knows addresses, but their secret {path} is gone. Restore that file from a backup."
        )
    return RecipientKeys(settings.secret("recipients"))


def _knows_addresses(store: Store) -> bool:
    """Tell if an address, or a browser that took the office's key, is known by the secret."""
    found = {"recipients": projections.has_recipients, "browser_cases": browser_cases.has_any}
    return any(store.database.has(table) and store.read(is_known) for table, is_known in found.items())


def _sender(
    settings: Settings,
    store: Store,
    broker: Broker,
    clock: Clock,
    keys: RecipientKeys,
    channels: MessageChannels,
    content_of: ContentLookup,
    officials: OfficialContacts,
) -> Sender:
    limits = MailLimits(settings.mails_a_day, settings.first_mails_a_day)
    parts = (settings, store, clock, channels, keys, Admission(store, keys, limits))
    wording = (_letterhead(settings), Templates(content_of))
    mail = mail_lane(*parts, *wording)
    texts = _short_texts(settings, content_of)
    notices = WebPushTexts(settings.office_name, content_of)
    lanes = [
        mail,
        *phone_lanes(*parts, texts),
        *web_push_lanes(*parts, notices),
        *messenger_lanes(*parts, *wording),
    ]
    return Sender(store, broker, clock, lanes, officials)


def _previews(settings: Settings, content_of: ContentLookup) -> MessagePreviews:
    texts = _short_texts(settings, content_of)
    return MessagePreviews(_letterhead(settings), Templates(content_of), texts)


def _short_texts(settings: Settings, content_of: ContentLookup) -> ShortTexts:
    return ShortTexts(PhoneHead(settings.office_name, f"{settings.public_url}/"), content_of)


def _letterhead(settings: Settings) -> Letterhead:
    catalogue = Catalogue("zi_notify")
    office = settings.office_data
    feet = {language: foot_of(office, catalogue, language) for language in LANGUAGES}
    replies = {language: replies_of(office, catalogue, language) for language in LANGUAGES}
    unread = {language: unread_in(catalogue, language) for language in LANGUAGES}
    sender, where = _mail_from(settings), f"{settings.public_url}/"
    return Letterhead(sender, settings.mail_domain, where, feet, replies, unread, office.contact.mail)


def _mail_from(settings: Settings) -> str:
    """Return the address that mail comes from, under the office's name unless the operator gave it another."""
    address = settings.mail_from
    return address if "<" in address else formataddr((settings.office_name, address))


if __name__ == "__main__":
    start("notify", create_app)
