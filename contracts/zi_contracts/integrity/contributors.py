"""Messages about the data of contributors: people without a case. Their subject is no reference; the aggregate is the data subject."""

from typing import ClassVar
from uuid import UUID

from zi_contracts.data import Data
from zi_contracts.intake import ErasureReason, RefusalReason
from zi_contracts.message import ShortText, Slug


class ContributorDataOpened(Data):
    """Items of the person's data were opened, for a purpose; recorded before they were disclosed."""

    type: ClassVar[str] = "zi.integrity.contributor_data_opened"

    items: tuple[UUID, ...]
    purpose: Slug


class ContributorErasureRequested(Data):
    """An official asked for the person's data to be erased; the head decides."""

    type: ClassVar[str] = "zi.integrity.contributor_erasure_requested"

    reason: ErasureReason


class ContributorErasureRefused(Data):
    """The head refused the erasure; nothing was erased."""

    type: ClassVar[str] = "zi.integrity.contributor_erasure_refused"

    reason: RefusalReason


class ContributorErased(Data):
    """The head agreed: all data of the person is unreadable for good."""

    type: ClassVar[str] = "zi.integrity.contributor_erased"

    reason: ErasureReason
    asked_by: ShortText


MODELS: tuple[type[Data], ...] = (
    ContributorDataOpened,
    ContributorErasureRequested,
    ContributorErasureRefused,
    ContributorErased,
)
