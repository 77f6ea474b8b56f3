"""The name that a business gives itself for the office's lists: an event says that it has one, its text is elsewhere. Pure."""

from typing import TYPE_CHECKING

from zi_chassis.domain import CITIZENS, Parties
from zi_contracts.intake import Items
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent

if TYPE_CHECKING:
    from zi_umkm.domain.case.state import MentoringCase


class NameBusiness(MentoringCommand):
    """Give the business a name, or take the one back that it has, however its case stands; the text lies in the vault."""

    is_named: bool
    items: Items = ()


PARTIES: Parties = {NameBusiness: CITIZENS}


class BusinessNicknamed(MentoringEvent):
    """Without items the name was taken back."""

    items: Items


def decide_nickname(command: NameBusiness, case: "MentoringCase") -> list[BusinessNicknamed]:
    if not command.is_named and not case.has_nickname:
        return []
    return [BusinessNicknamed(by=command.by, request=command.request, items=command.items)]
