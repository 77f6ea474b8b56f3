"""Due dates of an application (payment, evaluation, completion) under the rules pinned on it; all times in UTC."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from zi_rules.calendar import Pause, WorkingCalendar
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules, Evaluation
from zi_rules.standard import due_after


class NoPromiseError(ValueError):
    """The rules have no such letter for these goods, so no time is promised for it."""


def evaluation_promise(
    kinds: Iterable[CertificateKind],
    goods: Goods,
    complete: datetime,
    rules: CertificateRules,
    calendar: WorkingCalendar,
) -> Evaluation:
    """Of letters asked for together the promise that ends last holds."""
    promises = [each for kind in kinds for each in rules.evaluation if each.covers(kind, goods)]
    if not promises:
        raise NoPromiseError(f"Choose a letter that the office issues for {goods}.")
    return max(promises, key=lambda each: calendar.add(each.period, complete))


def evaluation_due(
    kinds: Iterable[CertificateKind],
    goods: Goods,
    complete: datetime,
    rules: CertificateRules,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """From complete documents and payment; the clock stops while the applicant owes something."""
    promise = evaluation_promise(kinds, goods, complete, rules, calendar)
    return due_after(promise.period, complete, calendar, pauses)


def payment_due(billed: datetime, rules: CertificateRules, calendar: WorkingCalendar) -> datetime:
    return calendar.add(rules.payment.period, billed)


def lapses_at(submitted: datetime, rules: CertificateRules, calendar: WorkingCalendar) -> datetime:
    """Whatever is still owed or rejected then is archived; nothing prolongs it."""
    return calendar.add(rules.completion.period, submitted)


def may_resubmit(
    resubmissions: int, submitted: datetime, at: datetime, rules: CertificateRules, calendar: WorkingCalendar
) -> bool:
    return resubmissions < rules.resubmissions.most and at < lapses_at(submitted, rules, calendar)
