"""A request for public information as its events leave it: the extension of its time, the refusal, the objection. Pure."""

from dataclasses import dataclass, replace

from zi_contracts.intake import ObjectionOutcome


@dataclass(frozen=True)
class InformationRequest:
    """`refused_for` is the reason of a refusal, from the office's list. `involved` answered it, or had it in hand until the objection:
    somebody else decides about that. `decided` is the outcome of the objection."""

    is_extended: bool = False
    refused_for: str | None = None
    answered_by: frozenset[str] = frozenset()
    involved: frozenset[str] = frozenset()
    is_objected: bool = False
    decided: ObjectionOutcome | None = None

    def after_an_answer(
        self, by: str, drafted_by: str | None, refusal: str | None, objection: ObjectionOutcome | None
    ) -> "InformationRequest":
        writers = frozenset(each for each in (by, drafted_by) if each is not None)
        answered = replace(self, answered_by=self.answered_by | writers, refused_for=refusal)
        return answered if objection is None else replace(answered, is_objected=False, decided=objection)

    def after_an_objection(self, officers: tuple[str, ...]) -> "InformationRequest":
        return replace(self, is_objected=True, involved=self.answered_by | frozenset(officers))
