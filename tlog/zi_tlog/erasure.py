"""The rule for recorded erasures. An erasure counts if the office's intake recorded it for one case, after one official requested it and
another one approved it. The rule is pure, so that a verifier and the ledger's own tools find the same. The caller checks by which lane
a message came."""

from typing import NamedTuple

REQUESTED = "zi.intake.erasure_requested"
REFUSED = "zi.intake.erasure_refused"
ERASED = "zi.intake.data_subject_erased"
TYPES = frozenset((REQUESTED, REFUSED, ERASED))
_SENDER = "/intake"
_STAFF, _SUPERVISOR = "staff:", "staff:supervisor"


class ErasureStep(NamedTuple):
    """The fields of a message of one of TYPES that the rule needs."""

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
    """Follows the steps of any number of cases in the order of the log."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str], _Request] = {}

    def counts(self, step: ErasureStep) -> bool:
        """Tell if this step is an erasure that counts. Call it once for each step, in the order of the log."""
        if not step.source.endswith(_SENDER):
            return False
        case = step.source, step.aggregate
        if step.type == REQUESTED and step.role.startswith(_STAFF):
            self._requests[case] = _Request(step.subject, step.version, step.actor)
        elif step.type == REFUSED:
            self._requests.pop(case, None)
        elif step.type == ERASED:
            return _is_approved(step, self._requests.get(case))
        return False


def _is_approved(step: ErasureStep, request: _Request | None) -> bool:
    if request is None or step.role != _SUPERVISOR:
        return False
    is_of_the_request = (request.subject, request.actor) == (step.subject, step.asked_by)
    return is_of_the_request and request.version < step.version and request.actor != step.actor
