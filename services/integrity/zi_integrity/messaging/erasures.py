"""The erasures of integrity: which of its messages state one on which two officials agreed, and whose key it destroys."""

from uuid import UUID

from zi_chassis.storage.store import Store
from zi_chassis.vault.erasure import ErasureRunner, IsApproved, approved_erasures
from zi_chassis.vault.keystore import Destroyed
from zi_chassis.vault.vault import Vault
from zi_contracts.integrity.contributors import ContributorErased
from zi_contracts.message import Message
from zi_integrity.domain.contributor import PARTIES, ApproveContributorErasure
from zi_integrity.read.contributors import ContributorErasures

TYPE = ContributorErased.type


def approved_by(office: str) -> IsApproved:
    return approved_erasures(f"/zi/{office}/integrity", TYPE, PARTIES[ApproveContributorErasure])


def erasure_runner(store: Store, vault: Vault) -> ErasureRunner:
    return ErasureRunner(store, vault, ContributorErasures.recorded, _tombstone)


def _tombstone(message: Message) -> tuple[UUID, Destroyed]:
    return message.aggregate, Destroyed(message.time, message.id)
