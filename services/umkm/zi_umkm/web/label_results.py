"""The findings on the label of a product, check by check, as its pages list them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_contracts.umkm import JudgedLabelItem
from zi_contracts.vault import ItemRef
from zi_rules.provenance import Text
from zi_umkm.domain.case.label_checks import LabelCheck
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.web.rule_names import RuleNames


@dataclass(frozen=True)
class FoundPart:
    """`remark` is there once it was opened; `photos` are items in the vault."""

    item: str
    text: str
    finding: str
    remarked: bool
    remark: str | None
    photos: Sequence[UUID]


@dataclass(frozen=True)
class LabelResult:
    check: UUID | None
    at: datetime
    actor: str
    waits: bool
    confirmed_at: datetime | None
    rows: Sequence[FoundPart]

    @property
    def wrong(self) -> int:
        return sum(each.finding == "not_ok" for each in self.rows)


def label_results(
    state: MentoringCase, product: int, office: MentoringRulebook, named: RuleNames, texts: Mapping[UUID, str]
) -> list[LabelResult]:
    """Return the checks of a label, the newest first, each in the words of the rules that it was made by."""
    found = [each for each in state.label_checks if each.checked.product == product]
    return [_result(each, _texts(each, office), named, texts) for each in reversed(found)]


def remark_items(state: MentoringCase, product: int | None = None) -> Sequence[ItemRef]:
    checks = [each.checked for each in state.label_checks if product in (None, each.checked.product)]
    return [item for each in checks for item in each.items]


def _texts(check: LabelCheck, office: MentoringRulebook) -> Mapping[str, Text]:
    pin = check.checked.rules
    return {} if pin is None else {each.code: each.text for each in office.pinned(pin).requirements}


def _result(
    check: LabelCheck, of_rules: Mapping[str, Text], named: RuleNames, texts: Mapping[UUID, str]
) -> LabelResult:
    """A check from before checklists found its parts and says nothing of others."""
    checked, remarks = check.checked, check.remarks
    found = checked.found or tuple(JudgedLabelItem(item=each, finding="ok") for each in checked.parts)
    rows = [
        FoundPart(
            item=each.item,
            text=named.text(of_rules[each.item]) if each.item in of_rules else named.requirement(each.item),
            finding=each.finding,
            remarked=each.remarked,
            remark=texts.get(remarks[each.item].item) if each.item in remarks else None,
            photos=[file.item for item, file in check.photos if item == each.item],
        )
        for each in found
    ]
    return LabelResult(checked.check, checked.by.at, checked.by.actor, check.waits, check.confirmed_at, rows)
