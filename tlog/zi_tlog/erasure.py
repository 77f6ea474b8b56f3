"""The rule for recorded erasures. An erasure counts if the service that holds the data recorded it for one aggregate, after one official
requested it and another one, in the role that may, approved it. The rule is pure, so that a verifier and the ledger's own tools find the same. The caller checks by which lane
a message came."""

from typing import NamedTuple

_STAFF = "staff:"


class ErasureTypes(NamedTuple):
    """The three types of message of a service with a vault, and the role of the official who approves."""

    sender: str
    requested: str
    refused: str
    erased: str
    approver: str


INTAKE = ErasureTypes(
    "intake",
    "zi.intake.erasure_requested",
    "zi.intake.erasure_refused",
    "zi.intake.data_subject_erased",
    "staff:supervisor",
)
INTEGRITY = ErasureTypes(
    "integrity",
    "zi.integrity.contributor_erasure_requested",
    "zi.integrity.contributor_erasure_refused",
    "zi.integrity.contributor_erased",
    "staff:head",
)
SENDERS = {each.sender: each for each in (INTAKE, INTEGRITY)}


class ErasureStep(NamedTuple):
    """The fields of a message that the rule needs."""

    type: str
    source: str
    subject: str
    aggregate: str
    version: int
    actor: str
    role: str
    asked_by: str


class _Request(NamedTuple):
    subject: str
    version: int
    actor: str


class ErasureRule:
    """Follows the steps of any number of aggregates of one service in the order of the log."""

    def __init__(self, types: ErasureTypes = INTAKE) -> None:
        self._types = types
        self._requests: dict[tuple[str, str], _Request] = {}

    def counts(self, step: ErasureStep) -> bool:
        """Tell if this step is an erasure that counts. Call it once for each step, in the order of the log."""
        if not step.source.endswith(f"/{self._types.sender}"):
            return False
        case = step.source, step.aggregate
        if step.type == self._types.requested and step.role.startswith(_STAFF):
            self._requests[case] = _Request(step.subject, step.version, step.actor)
        elif step.type == self._types.refused:
            self._requests.pop(case, None)
        elif step.type == self._types.erased:
            return _is_approved(step, self._requests.get(case), self._types.approver)
        return False


def _is_approved(step: ErasureStep, request: _Request | None, approver: str) -> bool:
    if request is None or step.role != approver:
        return False
    is_of_the_request = (request.subject, request.actor) == (step.subject, step.asked_by)
    return is_of_the_request and request.version < step.version and request.actor != step.actor
