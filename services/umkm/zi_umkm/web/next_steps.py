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
TEXTS: Mapping[NextStep, str] = {
    "none_needed": msgid(
        "Your products need no number: you may sell them as they are. You can still come to our trainings."
    ),
    "await_visit": msgid(
        "An officer comes with the next trip to your district. You can begin to put right what you have found yourself."
    ),
    "await_referral": msgid(
        "The health office registers your products (P-IRT). We write a letter to it for you; you find it on the page of your case."
    ),
    "await_verification": msgid(
        "Another officer looks at your photos, never the one who agreed on it with you: four eyes see more."
    ),
    "permit_missing": msgid("Something is still missing before you can apply for the permit (IP CPPOB)."),
    "permit_ended": msgid(
        "Your permit does not hold any more, and nothing is registered without one. Pay nothing for a registration now. "
        "Apply for the next permit once what ended this one is put right."
    ),
    "registration_missing": msgid(
        "Something is still missing before your product can be registered. Every missing thing stands at the product, by name."
    ),
    "await_number_check": msgid("An officer looks your number up. Then your mentoring is complete."),
}


@dataclass(frozen=True)
class DescribedStep:
    """`rule` is the step of the rules, with its source and cost, where they speak of what comes next."""

    code: NextStep
    text: str
    rule: RuleStep | None

    @property
    def cost(self) -> Cost | None:
        return None if self.rule is None else self.rule.cost


def described_step(
    dossier: MentoringDossier, rules: MentoringRules, names: RuleNames, say: Translator
) -> DescribedStep:
    code = dossier.next_step
    rule = next_step(RULE_STEPS[code].value, rules) if code in RULE_STEPS else None
    if code in TEXTS or rule is None:
        return DescribedStep(code, say(TEXTS[code]), rule)
    return DescribedStep(code, names.text(rule.step.text), rule)
