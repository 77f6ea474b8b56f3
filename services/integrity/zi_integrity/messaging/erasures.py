"""The erasures of integrity: which of its messages state one on which two officials agreed, and whose key it destroys."""

from uuid import UUID

from zi_chassis.erasure import ErasureRunner, IsApproved
from zi_chassis.keystore import Destroyed
from zi_chassis.store import Store
from zi_chassis.vault import Vault
from zi_contracts.integrity.contributors import ContributorErased
from zi_contracts.message import Message
from zi_integrity.domain.contributor import PARTIES, ApproveContributorErasure
from zi_integrity.read.contributors import ContributorErasures

TYPE = ContributorErased.type


def approved_by(office: str) -> IsApproved:
    """Return the test of a message: an erasure of this office's integrity zone that one official asked for and the head approved."""
    source = f"/zi/{office}/integrity"

    def is_approved(message: Message) -> bool:
        requester = message.data.get("asked_by")
        is_by_two = bool(requester) and requester != message.actor
        is_right_role = message.actorrole in PARTIES[ApproveContributorErasure]
        return (message.type, message.source) == (TYPE, source) and is_by_two and is_right_role

    return is_approved


def erasure_runner(store: Store, vault: Vault) -> ErasureRunner:
    return ErasureRunner(store, vault, ContributorErasures.recorded, _tombstone)


def _tombstone(message: Message) -> tuple[UUID, Destroyed]:
    return message.aggregate, Destroyed(message.time, message.id)
