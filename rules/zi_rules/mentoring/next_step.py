"""The next step of a business, and its cost for a small one."""

from math import ceil

from pydantic import BaseModel, ConfigDict

from zi_rules.mentoring.rule_set import Fee, MentoringRules, Reduction, Step


class Cost(BaseModel):
    """Whole rupiah, after the reduction; both sources are shown beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: int
    most: int
    full: Fee
    reduction: Reduction


class NextStep(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Step
    cost: Cost | None


def next_step(state: str, rules: MentoringRules) -> NextStep:
    step = rules.steps[state]
    return NextStep(step=step, cost=None if step.fee is None else cost(rules.fees[step.fee], rules.reduction))


def cost(full: Fee, reduction: Reduction) -> Cost:
    paid = 1 - reduction.share
    return Cost(least=ceil(full.least * paid), most=ceil(full.most * paid), full=full, reduction=reduction)
