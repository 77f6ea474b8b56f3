"""The look at a product's label: what to look for, what may be found not to apply, and whether a second person looks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced, Text
from zi_rules.version import Code, Editions, refuse_repeats

LABEL_CHECKS = "label_checks"

LabelFinding = Literal["ok", "not_ok", "not_applicable"]


class UnfitLabelError(ValueError):
    """Items that are not judged, or not in a way that the rules allow."""

    def __init__(self, items: tuple[str, ...]) -> None:
        super().__init__(f"Judge {', '.join(items)}.")
        self.items = items


class LabelCheckItem(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    look: Text
    may_not_apply: bool = False


class LabelCheckRules(Configured, Sourced):
    """The requirements for a label are those of the rules for mentoring; each without an item here always applies."""

    second_look: bool = False
    items: tuple[LabelCheckItem, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        refuse_repeats([each.code for each in self.items])
        return self

    def item(self, code: str) -> LabelCheckItem | None:
        return next((each for each in self.items if each.code == code), None)

    def may_not_apply(self, code: str) -> bool:
        item = self.item(code)
        return item is not None and item.may_not_apply

    def refuse_unjudged(self, required: tuple[str, ...], found: Mapping[str, LabelFinding]) -> None:
        """Raise UnfitLabelError unless each item that is asked for is judged, and as not applying only where it may be."""
        if unjudged := tuple(code for code in required if code not in found):
            raise UnfitLabelError(unjudged)
        exempt = (code for code, finding in found.items() if finding == "not_applicable")
        if unfit := tuple(code for code in exempt if not self.may_not_apply(code)):
            raise UnfitLabelError(unfit)


def load_label_checks(office_folder: Path | None = None) -> Editions[LabelCheckRules]:
    """Raises UnusableConfigurationError."""
    configuration = read_file(LABEL_CHECKS, f"{LABEL_CHECKS}.toml", office_folder)
    return Editions(LabelCheckRules, LABEL_CHECKS, [configuration])
