"""Admit and write the messages of each channel: a mail with its letterhead, a short text for a gateway, a notice for a browser, or a message for a team."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from zi_chassis.domain import Act
from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.channels.gateway import ShortMessage
from zi_notify.channels.messenger import TeamMessage
from zi_notify.channels.web_push import WebPushMessage
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.sending.admission import Admission, Refusal
from zi_notify.sending.contacts import Contact
from zi_notify.texts.letter import Addressee, Letterhead, Templates, compose
from zi_notify.texts.short_message import ShortTexts
from zi_notify.texts.team_text import team_text
from zi_notify.texts.web_push_texts import WebPushTexts
from zi_rules.message_channels import PhoneChannelRules

MessageT_co = TypeVar("MessageT_co", covariant=True)


class MessageWriter(Protocol, Generic[MessageT_co]):
    def recipient(self, contact: Contact) -> UUID:
        """Return the keyed digest of the address."""
        ...

    def reference(self, delivery: UUID, provider: str | None) -> UUID | None:
        """Return the id under which the provider gets the message, if it gets one."""
        ...

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, contact: Contact, by: Act
    ) -> Addressee | Refusal: ...

    def write(
        self, request: DeliveryRequested, contact: Contact, addressee: Addressee, id: UUID | None, by: Act
    ) -> MessageT_co: ...


class MailWriter:
    def __init__(
        self, keys: RecipientKeys, admission: Admission, head: Letterhead, templates: Templates
    ) -> None:
        self._keys, self._admission = keys, admission
        self._head, self._templates = head, templates

    def recipient(self, contact: Contact) -> UUID:
        return self._keys.recipient(contact.address)

    def reference(self, delivery: UUID, provider: str | None) -> UUID | None:
        return None

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, contact: Contact, by: Act
    ) -> Addressee | Refusal:
        return await self._admission.admit(delivery, request, contact.address, by)

    def write(
        self, request: DeliveryRequested, contact: Contact, addressee: Addressee, id: UUID | None, by: Act
    ) -> EmailMessage:
        reader = replace(addressee, code=contact.code, items=contact.items)
        return compose(request, self._templates.wording(request), self._head, reader, by.at)


class ShortMessageWriter:
    """A number gets nothing about a case before its reader has confirmed it."""

    def __init__(
        self, keys: RecipientKeys, admission: Admission, rules: PhoneChannelRules, texts: ShortTexts
    ) -> None:
        self._keys, self._admission = keys, admission
        self._rules, self._texts = rules, texts

    def recipient(self, contact: Contact) -> UUID:
        return self._keys.phone_recipient(contact.address)

    def reference(self, delivery: UUID, provider: str | None) -> UUID | None:
        return self._keys.reference(delivery, provider or "")

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, contact: Contact, by: Act
    ) -> Addressee | Refusal:
        return await self._admission.admit_number(delivery, request, contact.address, by, self._rules)

    def write(
        self, request: DeliveryRequested, contact: Contact, addressee: Addressee, id: UUID | None, by: Act
    ) -> ShortMessage:
        assert id is not None
        return ShortMessage(contact.address, self._texts.text(request, addressee.token, contact.code), id)


class TeamWriter:
    def __init__(
        self, keys: RecipientKeys, admission: Admission, head: Letterhead, templates: Templates
    ) -> None:
        self._keys, self._admission = keys, admission
        self._head, self._templates = head, templates

    def recipient(self, contact: Contact) -> UUID:
        return self._keys.team_recipient(contact.address)

    def reference(self, delivery: UUID, provider: str | None) -> UUID | None:
        return None

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, contact: Contact, by: Act
    ) -> Addressee | Refusal:
        return await self._admission.admit_team(contact.address)

    def write(
        self, request: DeliveryRequested, contact: Contact, addressee: Addressee, id: UUID | None, by: Act
    ) -> TeamMessage:
        return TeamMessage(team_text(request, self._templates, self._head, contact.items))


class WebPushWriter:
    def __init__(self, keys: RecipientKeys, admission: Admission, texts: WebPushTexts) -> None:
        self._keys, self._admission, self._texts = keys, admission, texts

    def recipient(self, contact: Contact) -> UUID:
        return self._keys.browser_recipient(contact.address)

    def reference(self, delivery: UUID, provider: str | None) -> UUID | None:
        return None

    async def admit(
        self, delivery: UUID, request: DeliveryRequested, contact: Contact, by: Act
    ) -> Addressee | Refusal:
        return await self._admission.admit_browser(delivery, request, contact.address, by)

    def write(
        self, request: DeliveryRequested, contact: Contact, addressee: Addressee, id: UUID | None, by: Act
    ) -> WebPushMessage:
        assert contact.browser is not None
        topic = self._keys.topic(request.ticket)
        return WebPushMessage(contact.browser, self._texts.content(request, topic), topic)
