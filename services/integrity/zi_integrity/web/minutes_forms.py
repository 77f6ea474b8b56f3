"""Fields of the desk's forms about minutes, attendance and actions."""

from uuid import UUID

from pydantic import TypeAdapter

from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import FIELDS
from zi_chassis.web.refused_form import ChoiceError
from zi_integrity.domain.action import ActionOwner
from zi_integrity.domain.attendance import Group, StrikeReason
from zi_integrity.use_cases.minutes_writing import PointText
from zi_integrity.web import minutes_labels as labels
from zi_integrity.web.form_fields import choice_of, day_of, required_words, words_of

OWNER = TypeAdapter[ActionOwner](ActionOwner)
GROUP = TypeAdapter[Group](Group)
STRIKE = TypeAdapter[StrikeReason](StrikeReason)


def point_of(form: Form, place: int, proposals: dict[UUID, int]) -> PointText:
    """Read a point; `place` is its number, 0 for a new one. Raises ChoiceError."""
    owner = form.value(f"owner.{place}")
    return PointText(
        issue=required_words(form, f"issue.{place}"),
        agreement=words_of(form, f"agreement.{place}"),
        owner=OWNER.validate_python(choice_of(form, f"owner.{place}", labels.OWNERS)) if owner else None,
        due=day_of(form, f"due.{place}", is_needed=False),
        proposals=_proposals_of(form, f"proposals.{place}", proposals),
    )


def group_of(form: Form, field: str) -> Group:
    return GROUP.validate_python(choice_of(form, field, labels.GROUPS))


def strike_of(form: Form, field: str) -> StrikeReason:
    return STRIKE.validate_python(choice_of(form, field, labels.STRIKES))


def place_of(form: Form, field: str) -> int:
    """Read the number of a point or of an attendee. Raises ChoiceError."""
    text = form.value(field).strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise ChoiceError(
            msgid("Write its number, as the list has it.") if text else FIELDS["missing"], field
        )
    return int(text)


def _proposals_of(form: Form, field: str, proposals: dict[UUID, int]) -> tuple[UUID, ...]:
    known = {str(number): proposal for proposal, number in proposals.items()}
    wanted = form.value(field).replace(",", " ").split()
    for each in wanted:
        if each not in known:
            raise ChoiceError(
                msgid("This forum has no published proposal with the number {number}."), field, number=each
            )
    return tuple(dict.fromkeys(known[each] for each in wanted))
