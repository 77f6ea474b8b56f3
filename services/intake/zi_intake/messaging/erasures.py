"""The erasures of intake: which of its messages state one on which two officials agreed, and whose key it destroys."""

from uuid import UUID

from zi_chassis.storage.store import Store
from zi_chassis.vault.erasure import ErasureRunner, IsApproved, approved_erasures
from zi_chassis.vault.keystore import Destroyed
from zi_chassis.vault.vault import Vault
from zi_contracts.intake import DataSubjectErased
from zi_contracts.message import Message
from zi_intake.names import Names
from zi_intake.read.case_table import Erasures
from zi_intake.roles import SECOND_PERSONS

TYPE = DataSubjectErased.type


def approved_by(office: str) -> IsApproved:
    return approved_erasures(f"/zi/{office}/intake", TYPE, SECOND_PERSONS)


def erasure_runner(store: Store, vault: Vault, names: Names) -> ErasureRunner:
    def tombstone(message: Message) -> tuple[UUID, Destroyed]:
        reference = message.data.get("person_ref")
        return names.data_subject(message.subject), Destroyed(message.time, message.id, reference)

    return ErasureRunner(store, vault, Erasures.recorded, tombstone)
