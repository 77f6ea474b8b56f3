"""Ask the gateway about open bills: a notice that is lost or late changes nothing, and no bill expires before the gateway had the last word."""

import asyncio
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from zi_certificates.domain.application.commands import RecordRefund
from zi_certificates.domain.application.state import Application, ApplicationStatus
from zi_certificates.messaging.published import applications
from zi_certificates.read.bills import Bill, open_bills, owing_bills, recent_bills
from zi_certificates.use_cases.billing_gateway import (
    BillingGateway,
    BillStatement,
    GatewayAwayError,
    NoStatementError,
)
from zi_certificates.use_cases.further_bills import pay_again_by
from zi_certificates.use_cases.payments import SYSTEM, Till, record_payment
from zi_chassis.domain import Act

logger = logging.getLogger(__name__)

SECONDS = 30.0
LARGEST_BATCH = 200
MOST_FAILURES = 3
# Money may come for a bill that is paid, withdrawn or expired, and its notice may be lost. Banks report a payment within days and reverse
# it within weeks; a quarter of a year leaves room for both. No hurry hangs on it, so once a day spares the gateway.
WATCHED = timedelta(days=90)
WATCHED_EVERY = timedelta(days=1)
AWAY = "the payment gateway gives no usable answer about open bills"


class GatewayPolling:
    """Run by the process that holds the lease."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._tried: dict[str, datetime] = {}
        self._answered: dict[str, datetime] = {}
        self.reason: str | None = None

    async def run(self) -> None:
        """Ask at intervals until cancelled."""
        self._tried, self._answered = {}, {}  # what another process has asked since is not known
        while True:
            await self.tick()
            await asyncio.sleep(SECONDS)

    async def tick(self) -> int:
        """Ask about the bills that are open or for which money is owed, and less often about the others; return how many were answered.

        A gateway that is silent several times in a row is left alone until the next time; a bill that it can't speak about stops no other.
        """
        gateway = self._till.billing
        if not isinstance(gateway, BillingGateway):
            return 0
        urgent, others = await self._to_ask()
        answered = silent = unanswered = 0
        for each in (*urgent, *others):
            try:
                is_answered, silent = await self._ask(gateway, each), 0
                unanswered += not is_answered and each in urgent
            except GatewayAwayError:
                is_answered, silent, unanswered = False, silent + 1, unanswered + 1
            answered += is_answered
            if silent == MOST_FAILURES:
                break
        self.reason = AWAY if unanswered else None
        return answered

    async def _to_ask(self) -> tuple[list[Bill], list[Bill]]:
        """Return the bills that are open or for which money is owed, and those of the others that it is time to ask about."""
        now, store = self._till.clock.now(), self._till.store
        urgent = dict.fromkeys(await store.query(lambda tx: [*open_bills(tx), *owing_bills(tx)]))
        recent = await store.query(lambda tx: recent_bills(tx, now - WATCHED))
        others = [each for each in recent if each not in urgent]
        self._forget_others({each.bill for each in (*urgent, *others)})
        tried = self._tried
        waiting = [
            each for each in others if each.bill not in tried or now - tried[each.bill] >= WATCHED_EVERY
        ]
        return self._first(urgent), self._first(waiting)

    def _first(self, bills: Iterable[Bill]) -> list[Bill]:
        """Return as many as a round takes, those first that were not asked about for longest."""
        tried = self._tried
        ordered = sorted(bills, key=lambda each: (each.bill in tried, tried.get(each.bill, each.pay_by)))
        return ordered[:LARGEST_BATCH]

    async def _ask(self, gateway: BillingGateway, billed: Bill) -> bool:
        """Return whether the gateway spoke about the bill and all is recorded. Raises GatewayAwayError."""
        at = self._tried[billed.bill] = self._till.clock.now()
        try:
            statement = await gateway.statement(billed.bill)
            for notice in statement.notices():
                await record_payment(self._till, notice)
            await self._record_refunds(billed, statement)
        except GatewayAwayError:
            raise
        except NoStatementError:
            logger.warning(
                "the gateway says nothing usable about the bill of application %s", billed.application
            )
            return False
        except Exception:
            logger.exception("a bill of application %s", billed.application)
            return False
        self._answered[billed.bill] = at
        return True

    async def _record_refunds(self, billed: Bill, statement: BillStatement) -> None:
        """Record the refunds of all payments that are recorded, also of what paid the bill."""
        store = self._till.store
        _, now = await store.fetch(applications, billed.application)
        for each in statement.payments:
            if each.refunded is None or each.payment not in now.payments:
                continue
            if now.owed.is_news(each.payment, each.refunded.refund):
                by = Act(at=self._till.clock.now(), actor=SYSTEM, role=SYSTEM)
                pay_by = pay_again_by(self._till.rules, now, by.at)
                back = {"payment": each.payment, "pay_by": pay_by, **dict(each.refunded)}
                command = RecordRefund(by=by, bill=billed.bill, **back)
                await store.handle(applications, billed.application, command)

    def _forget_others(self, bills: set[str]) -> None:
        for known in (self._tried, self._answered):
            for bill in known.keys() - bills:
                del known[bill]

    def is_settled(self, application: Application) -> bool:
        """Return whether the application may expire as unpaid: the gateway was asked after the last moment to pay."""
        submission = application.submission
        if submission is None or application.status is not ApplicationStatus.AWAITING_PAYMENT:
            return True
        if not isinstance(self._till.billing, BillingGateway):
            return True
        bills = (submission.bill, *(each.bill for each in application.owed.bills))
        answers = [self._answered.get(bill) for bill in bills]
        last = application.deadline or submission.pay_by
        return all(answered is not None and answered > last for answered in answers)
