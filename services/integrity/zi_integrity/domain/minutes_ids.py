"""The ids of what belongs to a forum, derived from its own."""

from uuid import UUID, uuid5


def attendance_id(forum: UUID) -> UUID:
    return uuid5(forum, "attendance")


def minutes_id(forum: UUID) -> UUID:
    return uuid5(forum, "minutes")


def action_id(forum: UUID, point: int) -> UUID:
    return uuid5(forum, f"action {point}")
