"""Names and sentences of the rule data in the reader's language; what a newer rule set no longer names keeps its code."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zi_chassis.web.page import Translator
from zi_rules.district import District
from zi_rules.mentoring.checklist import Aspect, Checklist, ChecklistItem
from zi_rules.mentoring.rule_set import MentoringRules
from zi_rules.provenance import Sourced, Text, cited_by_host
from zi_umkm.web.labels import OTHER_DISTRICTS


class RuleNames:
    """`rules` are those of the case; `checklists` all that answers were ever given to, the one in force first; `revocations` are the reasons
    for which a permit is revoked."""

    def __init__(
        self,
        rules: MentoringRules,
        checklists: Sequence[Checklist],
        districts: Sequence[District],
        language: str,
        say: Translator,
        revocations: Mapping[str, Text] | None = None,
    ) -> None:
        self._rules = rules
        self._revocations = revocations or {}
        self._checklists = checklists
        self._districts = {each.code: each.name for each in districts}
        self._language = language
        self._say = say

    def district(self, code: str) -> str:
        return self._say(OTHER_DISTRICTS) if code == "other" else self._in(self._districts, code)

    def track(self, code: str) -> str:
        return self._in(self._rules.names.tracks, code)

    def risk(self, code: str) -> str:
        return self._in(self._rules.names.risks, code)

    def kind(self, code: str) -> str:
        return self._in(self._rules.names.products, code)

    def unnamed(self, number: int, kind: str) -> str:
        """Return the label of a product whose own name is not opened."""
        return f"{number}. {self.kind(kind)}"

    def trait(self, code: str) -> str:
        return self._in(self._rules.names.traits, code)

    def requirement(self, code: str) -> str:
        return self._in({each.code: each.text for each in self._rules.requirements}, code)

    def requirements(self, codes: Iterable[str]) -> str:
        return "; ".join(map(self.requirement, codes))

    def item(self, code: str) -> str:
        found = self._item(code)
        return code if found is None else self.text(found[1].text)

    def aspect(self, checklist: Checklist, code: str) -> str:
        return self._in({each.code: each.name for each in checklist.aspects}, code)

    def grade(self, code: str) -> str:
        return self._in({each.code: each.name for list_ in self._checklists for each in list_.grades}, code)

    def rating(self, code: str) -> str:
        return self._in({each.code: each.name for list_ in self._checklists for each in list_.ratings}, code)

    def outcome(self, triaged: Mapping[str, Any]) -> str:
        """Describe one triaged product as it was published."""
        number, track, risk = (
            triaged.get("product", 0),
            str(triaged.get("track", "")),
            str(triaged.get("risk", "")),
        )
        return self._say(
            "Product {number}: {track} (risk: {risk}).",
            number=number,
            track=self.track(track),
            risk=self.risk(risk),
        )

    def revocation(self, code: str) -> str:
        """Name the reason of a revocation; nothing for a code that is none."""
        return self.text(self._revocations[code]) if code in self._revocations else ""

    def amount(self, rupiah: int) -> str:
        """Format rupiah: 1250000 is 1.250.000 in Indonesian, 1,250,000 in English."""
        written = f"{rupiah:,}"
        return written.replace(",", ".") if self._language == "id" else written

    def cited(self, rule: Sourced) -> list[tuple[str, str | None]]:
        """Return what people read as the source of a rule, each with its address; an address is shown by its host."""
        return [cited_by_host(each) for each in rule.citations]

    def text(self, both: Text) -> str:
        return str(getattr(both, self._language))

    def _item(self, code: str) -> tuple[Checklist, ChecklistItem] | None:
        found = ((list_, each) for list_ in self._checklists for each in list_.items if each.code == code)
        return next(found, None)

    def _in(self, names: Mapping[Any, Text], code: str) -> str:
        """Return the name of a code, or the code where the rules no longer name it."""
        return self.text(names[code]) if code in names else code


def items_of(checklist: Checklist, aspect: Aspect) -> list[ChecklistItem]:
    return [each for each in checklist.items if each.aspect == aspect.code]
