"""The next step of a business in the reader's language: the same for its page, the desk and the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from zi_chassis.web.language import msgid
from zi_chassis.web.page import Translator
from zi_rules.mentoring.next_step import Cost, next_step
from zi_rules.mentoring.next_step import NextStep as RuleStep
from zi_rules.mentoring.rule_set import MentoringRules
from zi_umkm.domain.case.status import MentoringStatus
from zi_umkm.domain.next_step import NextStep
from zi_umkm.use_cases.dossier import MentoringDossier
from zi_umkm.web.rule_names import RuleNames

# The state whose step of the rules says what it costs and, where TEXTS has no sentence, what to do.
RULE_STEPS: Mapping[NextStep, MentoringStatus] = {
    "products": MentoringStatus.REGISTERED,
    "triage": MentoringStatus.REGISTERED,
    "assess_yourself": MentoringStatus.TRIAGED,
    "health_office": MentoringStatus.REFERRED,
    "agree": MentoringStatus.ASSESSED,
    "put_right": MentoringStatus.CORRECTING,
    "permit_missing": MentoringStatus.CORRECTED,
    "apply": MentoringStatus.CORRECTED,
    "await_permit": MentoringStatus.PERMIT_APPLIED,
    "registration_missing": MentoringStatus.PERMIT_ISSUED,
    "send": MentoringStatus.PERMIT_ISSUED,
    "await_number": MentoringStatus.REGISTRATION,
    "await_last_visit": MentoringStatus.NUMBER_OBTAINED,
    "done": MentoringStatus.GRADUATED,
    "resume": MentoringStatus.DORMANT,
    "ask_again": MentoringStatus.CLOSED,
}
TITLES: Mapping[NextStep, str] = {
    "none_needed": msgid("Your products need no number"),
    "await_visit": msgid(
        "An officer comes with the next trip to your district; you need not do anything now"
    ),
    "await_referral": msgid("We write you a letter to the health office; you need not do anything now"),
    "await_verification": msgid("Another officer looks at what you put right; you need not do anything now"),
    "permit_ended": msgid("Your permit does not hold any more: nothing is registered without one"),
    "await_number_check": msgid("You have your number! An officer looks it up; you need not do anything now"),
}
TEXTS: Mapping[NextStep, str] = {
    "none_needed": msgid("You may sell them as they are. You can still come to our trainings."),
    "await_visit": msgid("You can begin to put right what you have found yourself."),
    "await_referral": msgid(
        "Your products are registered there as P-IRT. As soon as the letter is ready you find it on the page of your case."
    ),
    "await_verification": msgid("Never the one who agreed on it with you: four eyes see more."),
    "permit_missing": msgid("Something is still missing before you can apply for the permit (IP CPPOB)."),
    "permit_ended": msgid(
        "Pay nothing for a registration now. Apply for the next permit once what ended this one is put right."
    ),
    "registration_missing": msgid(
        "Something is still missing before your product can be registered. Every missing thing stands at the product, by name."
    ),
    "await_number_check": msgid("Then your mentoring is complete."),
}


@dataclass(frozen=True)
class DescribedStep:
    """`title` says it in short where the rules have no words for it; `rule` is the step of the rules, with its source and cost, where they
    speak of what comes next."""

    code: NextStep
    title: str
    text: str
    rule: RuleStep | None

    @property
    def sentence(self) -> str:
        """All of it, for whoever sees no title."""
        return f"{self.title}. {self.text}" if self.title else self.text

    @property
    def cost(self) -> Cost | None:
        return None if self.rule is None else self.rule.cost


def described_step(
    dossier: MentoringDossier, rules: MentoringRules, names: RuleNames, say: Translator
) -> DescribedStep:
    code = dossier.next_step
    rule = next_step(RULE_STEPS[code].value, rules) if code in RULE_STEPS else None
    title = say(TITLES[code]) if code in TITLES else ""
    if code in TEXTS or rule is None:
        return DescribedStep(code, title, say(TEXTS[code]), rule)
    return DescribedStep(code, title, names.text(rule.step.text), rule)
