"""The name that a business gives itself for the office's lists: an event says that it has one, its text is elsewhere. Pure."""

from typing import TYPE_CHECKING

from zi_chassis.domain import CITIZENS, Parties, officials
from zi_contracts.intake import Items
from zi_contracts.umkm import NicknameRemovalReason
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.roles import SUPERVISING

if TYPE_CHECKING:
    from zi_umkm.domain.case.state import MentoringCase


class NameBusiness(MentoringCommand):
    """Give the business a name, or take the one back that it has, however its case stands; the text lies in the vault."""

    is_named: bool
    items: Items = ()


class RemoveNickname(MentoringCommand):
    """Take the name away that an official has found unfit: it names a person, or insults somebody."""

    reason: NicknameRemovalReason


NicknameActs = NameBusiness | RemoveNickname
PARTIES: Parties = {NameBusiness: CITIZENS, RemoveNickname: officials(*SUPERVISING)}


class BusinessNicknamed(MentoringEvent):
    """Without items the name was taken back."""

    items: Items


class NicknameRemoved(MentoringEvent):
    reason: NicknameRemovalReason


NicknameEvents = BusinessNicknamed | NicknameRemoved


def decide_nickname(command: NicknameActs, case: "MentoringCase") -> list[NicknameEvents]:
    if isinstance(command, RemoveNickname):
        return [NicknameRemoved(**dict(command))] if case.has_nickname else []
    if not command.is_named and not case.has_nickname:
        return []
    return [BusinessNicknamed(by=command.by, request=command.request, items=command.items)]
