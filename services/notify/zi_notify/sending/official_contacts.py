"""The contact of an official at the moment of sending: the address, and the lines of the morning list as they are then."""

from dataclasses import dataclass
from datetime import datetime

from zi_chassis.storage.store import Store
from zi_chassis.web.language import Catalogue, msgid
from zi_notify.addresses.official_addresses import OfficialAddresses
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.notices.official_notices import OfficialNotices
from zi_rules.message_channels import MessengerTeam

MOST_LISTED, MOST_IN_CHAT = 50, 15  # Discord refuses a text of more than 2,000 characters
LATE, DUE = msgid("{ticket}: late since {until}"), msgid("{ticket}: due by {until}")
FREE, MORE = msgid("nobody has it yet"), msgid("and {number} more on your desk")
NOTHING = msgid("Nothing waits for you any more.")


@dataclass(frozen=True)
class OfficialContacts:
    store: Store
    notices: OfficialNotices
    catalogue: Catalogue

    @property
    def addresses(self) -> OfficialAddresses:
        return self.notices.addresses

    @property
    def list_template(self) -> str:
        return self.notices.routing.data.morning_list.template

    async def may_still_be_told(self, official: str, request: DeliveryRequested) -> bool:
        """Return whether a notice that was requested may name its case now: it may have changed hands, or an interest been declared."""
        return await self.store.query(lambda tx: self.notices.may_still_be_told(tx, official, request))

    async def lines(self, official: str, language: str, now: datetime) -> str:
        items = await self.store.query(lambda tx: self.notices.items(tx, official))
        return list_lines(items, language, now, self.catalogue)

    def team(self, name: str) -> MessengerTeam | None:
        return self.notices.teams.of(name)

    async def may_reach(self, team: MessengerTeam, request: DeliveryRequested) -> bool:
        """Return whether a notice that was requested may name its case to the team now."""
        return await self.store.query(lambda tx: self.notices.teams.may_reach(tx, team, request.ticket))

    async def team_lines(self, team: MessengerTeam, now: datetime) -> str:
        items = await self.store.query(lambda tx: self.notices.team_items(tx, team))
        return list_lines(items, team.language, now, self.catalogue, MOST_IN_CHAT)


def list_lines(
    items: list[CaseFacts], language: str, now: datetime, catalogue: Catalogue, most: int = MOST_LISTED
) -> str:
    """Return a line for each case, the most urgent first, and how many more there are."""
    lines = [_line(each, language, now, catalogue) for each in items[:most]]
    if not items:
        lines = [catalogue.translate(language, NOTHING)]
    if len(items) > most:
        lines.append(catalogue.translate(language, MORE, number=len(items) - most))
    return "\n".join(lines)


def _line(facts: CaseFacts, language: str, now: datetime, catalogue: Catalogue) -> str:
    sentence = LATE if facts.deadline is not None and facts.deadline < now else DUE
    text = catalogue.translate(language, sentence, ticket=facts.ticket, until=facts.deadline)
    free = f" ({catalogue.translate(language, FREE)})" if facts.officer is None else ""
    return f"- {text}{free}"
