"""The fields that every message about an application has."""

from typing import TypedDict

from zi_contracts import certificates as contract
from zi_contracts.intake import Channel, Holder, Language


class ApplicationFields(TypedDict):
    """In every message about an application, so that its consumers need no state of applications."""

    state: contract.ApplicationState
    holder: Holder
    language: Language
    reachable_by: tuple[Channel, ...]
