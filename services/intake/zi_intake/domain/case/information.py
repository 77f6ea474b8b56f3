"""A request for public information as its events leave it: the extension of its time, the refusal, the objection. Pure."""

from dataclasses import dataclass, replace

from zi_contracts.intake import ObjectionOutcome


@dataclass(frozen=True)
class InformationRequest:
    """`refused_for` is the reason of a refusal, from the office's list; it ends with an objection that is upheld. `worked_by` judged it, took
    more time, wrote, judged or sent an answer; they are `involved` with those who had it in hand until the objection: somebody else
    decides about that. `decided` is the outcome of the objection."""

    is_extended: bool = False
    refused_for: str | None = None
    worked_by: frozenset[str] = frozenset()
    involved: frozenset[str] = frozenset()
    is_objected: bool = False
    decided: ObjectionOutcome | None = None

    def after_an_answer(
        self, by: str, drafted_by: str | None, refusal: str | None, objection: ObjectionOutcome | None
    ) -> "InformationRequest":
        writers = frozenset(each for each in (by, drafted_by) if each is not None)
        answered = replace(self, worked_by=self.worked_by | writers)
        if objection is None:
            return replace(answered, refused_for=refusal)
        refused_for = None if objection == "upheld" else self.refused_for
        return replace(answered, is_objected=False, decided=objection, refused_for=refused_for)

    def after_work(self, by: str) -> "InformationRequest":
        return replace(self, worked_by=self.worked_by | {by})

    def after_an_objection(self, officers: tuple[str, ...]) -> "InformationRequest":
        return replace(self, is_objected=True, involved=self.worked_by | frozenset(officers))
