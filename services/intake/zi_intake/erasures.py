"""The erasures of intake: which of its messages state one on which two officials agreed, and whose key it destroys."""

from uuid import UUID

from zi_chassis.erasure import ErasureRunner, IsApproved
from zi_chassis.keystore import Destroyed
from zi_chassis.store import Store
from zi_chassis.vault import Vault
from zi_contracts.intake import DataSubjectErased
from zi_contracts.message import Message
from zi_intake.names import Names
from zi_intake.projections import Erasures
from zi_intake.roles import SUPERVISORS

TYPE = DataSubjectErased.type


def approved_by(office: str) -> IsApproved:
    """Return the test of a message: an erasure of this office's intake that one official asked for and a supervisor approved."""
    source = f"/zi/{office}/intake"

    def is_approved(message: Message) -> bool:
        asked_by = message.data.get("asked_by")
        by_two = bool(asked_by) and asked_by != message.actor and message.actorrole in SUPERVISORS
        return message.type == TYPE and message.source == source and by_two

    return is_approved


def erasure_runner(store: Store, vault: Vault, names: Names) -> ErasureRunner:
    def tombstone(message: Message) -> tuple[UUID, Destroyed]:
        reference = message.data.get("person_ref")
        return names.data_subject(message.subject), Destroyed(message.time, message.id, reference)

    return ErasureRunner(store, vault, Erasures.recorded, tombstone)
