"""The address or number of a delivery's reader, read from the vault for one attempt and dropped with it."""

import json
from dataclasses import dataclass, field
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import ErasedError
from zi_chassis.vault.requests import UnknownTicketError, VaultClient
from zi_notify.channels.phone_number import mobile_number
from zi_notify.channels.web_push_encryption import Browser, bytes_of
from zi_notify.domain.delivery import Channel, DeliveryRequested, NotReachable
from zi_notify.notices.notice import JUST_NOW
from zi_notify.read.projections import Night
from zi_notify.sending.official_contacts import OfficialContacts
from zi_notify.texts.letter import WITH_CODE_LINK, BadAddressError, checked

BROWSER = "browser.subscription"
EMAIL, PHONE, CODE_LINK = "reporter.email", "reporter.phone", "code.link"
CONTRIBUTOR_EMAIL, CONTRIBUTOR_CODE = "contact.email", "contact.code"
PURPOSE = "notify_status"
INTEGRITY_VAULT = "integrity-vault"


class NotReachableError(Exception):
    """The case of this ticket has no address to write to."""

    def __init__(self, reason: NotReachable) -> None:
        super().__init__(reason)
        self.reason = reason


class NotTheirsError(Exception):
    """The official may not know of the case any more."""


class NoBrowserError(ValueError):
    """The case has no browser that a notice can be encrypted for."""


@dataclass(frozen=True)
class Vaults:
    """The vault of cases, and that of people without one."""

    office: VaultClient
    integrity: VaultClient


@dataclass(frozen=True)
class Contact:
    """The data for one message; `code` is empty but in the mails that bring one, `items` but in an official's list. `browser` is what a notice
    to a browser is encrypted for."""

    address: str = field(repr=False)
    code: str = field(default="", repr=False)
    items: str = field(default="", repr=False)
    browser: Browser | None = None


class Contacts:
    def __init__(self, vaults: Vaults, clock: Clock, officials: OfficialContacts | None = None) -> None:
        self._vaults, self._clock, self._officials = vaults, clock, officials

    def night(self, channel: Channel) -> Night | None:
        """Return what may be sent over the channel in the quiet hours where these are now: only what can't wait for their end."""
        now, routing = self._clock.now(), None if self._officials is None else self._officials.notices.routing
        if routing is None or not routing.is_quiet(now):
            return None
        return Night(since=now - JUST_NOW if routing.rings(channel) else None)

    def is_late_list(self, request: DeliveryRequested) -> bool:
        """Return whether this is the list to officials of a morning that is over."""
        now = self._clock.now()
        return self._officials is not None and self._officials.notices.is_late_list(request, now)

    async def of(self, request: DeliveryRequested) -> Contact:
        """Raises NotReachableError where there is nobody to write to, NotTheirsError where an official is told nothing of the case any more, and the errors of a vault that does not answer."""
        if request.official is not None:
            return await self._of_official(request, request.official)
        if request.team is not None:
            return await self._of_team(request, request.team)
        try:
            if request.channel == "web_push":
                return await self._with_browser(request)
            if request.channel != "email":
                number, link = await self._reached(request, PHONE)
                return Contact(mobile_number(number), link)
            if request.contributor is not None:
                return await self._of_contributor(request, request.contributor)
            return await self._with_email(request)
        except ErasedError:
            raise NotReachableError("erased") from None
        except (UnknownTicketError, BadAddressError, NoBrowserError):
            raise NotReachableError("no_address") from None

    async def _with_email(self, request: DeliveryRequested) -> Contact:
        address, link = await self._reached(request, EMAIL)
        return Contact(checked(address), link)

    async def _with_browser(self, request: DeliveryRequested) -> Contact:
        browser = browser_of((await self._of_case(request, [BROWSER])).get(BROWSER, ""))
        return Contact(browser.endpoint, browser=browser)

    async def _reached(self, request: DeliveryRequested, field: str) -> tuple[str, str]:
        """Return the field, and the link that only the message with it needs. A link that is over leads nowhere: that message is not sent."""
        names = [field, *([CODE_LINK] if request.template == WITH_CODE_LINK else [])]
        fields = await self._of_case(request, names)
        link = fields.get(CODE_LINK, "")
        if CODE_LINK in names and not link:
            raise NotReachableError("no_address")
        return fields.get(field, ""), link

    async def _of_case(self, request: DeliveryRequested, names: list[str]) -> dict[str, str]:
        return await self._vaults.office.read(request.ticket, names, PURPOSE, causation=str(request.cause))

    async def _of_contributor(self, request: DeliveryRequested, contributor: UUID) -> Contact:
        names = [CONTRIBUTOR_EMAIL, *([CONTRIBUTOR_CODE] if request.solicited else [])]
        fields = await self._vaults.integrity.read(
            str(contributor), names, PURPOSE, causation=str(request.cause)
        )
        return Contact(checked(fields.get(CONTRIBUTOR_EMAIL, "")), fields.get(CONTRIBUTOR_CODE, ""))

    async def _of_official(self, request: DeliveryRequested, official: str) -> Contact:
        address = self._officials.addresses.of(official) if self._officials else None
        if self._officials is None or address is None:
            raise NotReachableError("no_address")
        if request.ticket and not await self._officials.may_still_be_told(official, request):
            raise NotTheirsError
        is_list = request.template == self._officials.list_template
        items = await self._officials.lines(official, request.language, self._clock.now()) if is_list else ""
        return Contact(address.email, items=items)

    async def _of_team(self, request: DeliveryRequested, name: str) -> Contact:
        team = self._officials.team(name) if self._officials else None
        if self._officials is None or team is None:
            raise NotReachableError("no_channel")
        if request.ticket and not await self._officials.may_reach(team, request):
            raise NotTheirsError
        is_list = request.template == self._officials.list_template
        items = await self._officials.team_lines(team, self._clock.now()) if is_list else ""
        return Contact(team.name, items=items)


def browser_of(written: str) -> Browser:
    """Raises NoBrowserError."""
    try:
        fields = json.loads(written)
        return Browser(fields["endpoint"], bytes_of(fields["p256dh"]), bytes_of(fields["auth"]))
    except (ValueError, LookupError, TypeError):
        raise NoBrowserError from None
