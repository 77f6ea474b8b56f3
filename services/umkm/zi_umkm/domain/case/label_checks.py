"""A mentor's looks at the label of a product, item by item: the newest counts, the earlier ones stay readable.

Where the office's rules want a second look, a check counts once another official has confirmed it. Photos are added to a check. Pure.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, assert_never
from uuid import UUID

from zi_chassis.domain import Parties, officials
from zi_contracts.configuration import Pin
from zi_contracts.intake import Items
from zi_contracts.umkm import JudgedLabelItem, MentoringPin
from zi_contracts.vault import ItemRef
from zi_umkm.domain import label_errors
from zi_umkm.domain.case.envelope import MentoringCommand, MentoringEvent
from zi_umkm.domain.errors import NotAskedForError
from zi_umkm.domain.limits import MOST_LABEL_PHOTOS
from zi_umkm.roles import MENTORING, VERIFYING

if TYPE_CHECKING:
    from zi_umkm.domain.case.state import MentoringCase


class CheckLabel(MentoringCommand):
    """`parts` are on the label; `found` judges each item that `rules` ask for, as `checklist` says. `items` are the remarks in the vault,
    in the order of the items that are remarked on."""

    product: int
    parts: frozenset[str]
    check: UUID | None = None
    found: tuple[JudgedLabelItem, ...] = ()
    rules: MentoringPin | None = None
    checklist: Pin | None = None
    second_look: bool = False
    items: Items = ()


class AddLabelPhoto(MentoringCommand):
    product: int
    check: UUID
    item: str
    file: ItemRef


class ConfirmLabelCheck(MentoringCommand):
    """The second look, by another official."""

    product: int
    check: UUID


LabelActs = CheckLabel | AddLabelPhoto | ConfirmLabelCheck
PARTIES: Parties = {
    CheckLabel: officials(*MENTORING),
    AddLabelPhoto: officials(*MENTORING),
    ConfirmLabelCheck: officials(*VERIFYING),
}


class LabelChecked(MentoringEvent):
    """Checks from before checklists have only `parts`."""

    product: int
    parts: tuple[str, ...]
    check: UUID | None = None
    found: tuple[JudgedLabelItem, ...] = ()
    rules: MentoringPin | None = None
    checklist: Pin | None = None
    second_look: bool = False
    items: Items = ()


class LabelPhotoAdded(MentoringEvent):
    product: int
    check: UUID
    item: str
    file: ItemRef


class LabelCheckConfirmed(MentoringEvent):
    product: int
    check: UUID


LabelEvents = LabelChecked | LabelPhotoAdded | LabelCheckConfirmed


@dataclass(frozen=True)
class LabelCheck:
    """A look at a label, with what was added to it since; `is_of_former` where the product is of another kind by now."""

    checked: LabelChecked
    photos: tuple[tuple[str, ItemRef], ...] = ()
    confirmed_at: datetime | None = None
    is_of_former: bool = False

    @property
    def waits(self) -> bool:
        """Tell whether another official has to look before it counts."""
        return self.checked.second_look and self.confirmed_at is None

    @property
    def met(self) -> tuple[str, ...]:
        """Return the items that are on the label or need not be."""
        exempt = (each.item for each in self.checked.found if each.finding == "not_applicable")
        return () if self.waits or self.is_of_former else (*self.checked.parts, *exempt)

    @property
    def remarks(self) -> dict[str, ItemRef]:
        remarked = (each.item for each in self.checked.found if each.remarked)
        return dict(zip(remarked, self.checked.items, strict=True))


def newest(checks: tuple[LabelCheck, ...], product: int) -> LabelCheck | None:
    return next((each for each in reversed(checks) if each.checked.product == product), None)


def decide_label(command: LabelActs, case: "MentoringCase") -> list[LabelEvents]:
    match command:
        case CheckLabel():
            return [LabelChecked(**dict(command) | {"parts": tuple(sorted(command.parts))})]
        case AddLabelPhoto():
            return _add_photo(command, _current(command, case))
        case ConfirmLabelCheck():
            return _confirm(command, _current(command, case))
        case _:
            assert_never(command)


def _current(command: AddLabelPhoto | ConfirmLabelCheck, case: "MentoringCase") -> LabelCheck:
    """Return the check, which has to be the newest of its product."""
    check = newest(case.label_checks, command.product)
    if check is None or check.checked.check != command.check:
        raise label_errors.OtherLabelCheckError
    return check


def _add_photo(command: AddLabelPhoto, check: LabelCheck) -> list[LabelEvents]:
    """Nothing is added once another official has confirmed what there was."""
    if command.item not in {each.item for each in check.checked.found}:
        raise NotAskedForError
    if (command.item, command.file) in check.photos:
        return []
    if check.confirmed_at is not None:
        raise label_errors.LabelConfirmedError
    if len(check.photos) >= MOST_LABEL_PHOTOS:
        raise label_errors.TooManyLabelPhotosError
    return [LabelPhotoAdded(**dict(command))]


def _confirm(command: ConfirmLabelCheck, check: LabelCheck) -> list[LabelEvents]:
    if command.by.actor == check.checked.by.actor:
        raise label_errors.OwnLabelCheckError
    return [LabelCheckConfirmed(**dict(command))] if check.waits else []


def evolve_labels(checks: tuple[LabelCheck, ...], event: LabelEvents) -> tuple[LabelCheck, ...]:
    if isinstance(event, LabelChecked):
        return (*checks, LabelCheck(event))
    return tuple(_evolved(each, event) if each.checked.check == event.check else each for each in checks)


def _evolved(check: LabelCheck, event: LabelPhotoAdded | LabelCheckConfirmed) -> LabelCheck:
    match event:
        case LabelPhotoAdded():
            return replace(check, photos=(*check.photos, (event.item, event.file)))
        case LabelCheckConfirmed():
            return replace(check, confirmed_at=event.by.at)
        case _:
            assert_never(event)
