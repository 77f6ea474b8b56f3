"""The ids of cases, visits, trainings and trips.

They follow from intake's own, which are keyed, so that nobody guesses one.
"""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from zi_chassis.domain import Act


def mentoring_id(case: UUID) -> UUID:
    """Derive the id of a case from `case`, the aggregate of its request at intake."""
    return uuid5(case, "mentoring")


def handover_id(mentoring: UUID) -> UUID:
    """Derive the id of what a business hands over of its case."""
    return uuid5(mentoring, "handover")


def visit_id(mentoring: UUID, visit: UUID) -> UUID:
    """Derive the id of a visit; `visit` was made by a device, and the same one in two cases is two visits."""
    return uuid5(mentoring, f"visit {visit}")


def training_id(key: UUID | None, by: Act) -> UUID:
    return uuid4() if key is None else uuid5(key, f"training {by.actor}")


def trip_id(key: UUID | None, by: Act) -> UUID:
    return uuid4() if key is None else uuid5(key, f"trip {by.actor}")


def request_id_of(key: UUID | None, by: Act, act: str, values: Iterable[object] = ()) -> UUID | None:
    """Derive the id of a request from the key, the act, the person and the values.

    Other values under the same key are no repeat, so they are never lost.
    """
    content = "\0".join(map(str, values)).encode()
    return key and uuid5(key, f"{act} {by.actor} {sha256(content).hexdigest()}")
