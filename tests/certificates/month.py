"""A month at the office, as chance will have it: companies come, pay and change their minds, evaluators take what is next and do with it
one thing or another, and interests of theirs become known and end.
"""

from contextlib import suppress
from datetime import timedelta
from random import Random

from tests.certificates.inside import STATED, Inside
from tests.certificates.officials import named
from tests.certificates.steps import MISSING, WRONG

from zi_certificates.domain.application.state import (
    WAITING,
    ApplicationStatus,
)
from zi_certificates.domain.statement import Document
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.applications import applications_in
from zi_chassis.domain import DomainError
from zi_contracts.certificates import PublishedFinding, ReleaseReason

EVALUATORS = ("evaluator-ani", "evaluator-eko", "evaluator-sri", "evaluator-tono")
BUSINESSES = tuple(named(f"business {n}").hex * 2 for n in range(8))
RELEASE_REASONS: tuple[ReleaseReason, ...] = ("workload", "absence", "conflict")
DAYS = 30
CERTIFICATE = "cpkb_certificate"  # of cosmetics: no rule asks for it here
UNNAMED = PublishedFinding(reason="document_missing", where=f"documents.{CERTIFICATE}")
WHY = "Label produk mencantumkan logo halal."
BETWEEN = 1.2  # hours from one thing to the next, on average


class Month:
    def __init__(self, inside: Inside, chance: Random, days: int = DAYS) -> None:
        self.inside = inside
        self._days = days
        self.chance = chance
        self._arrived = 0
        self._requests: dict[str, IntakeRequest] = {}
        self._accounts: dict[str, IntakeRequest] = {}

    async def run(self) -> None:
        moves = (self._arrive, self._applicant, self._take, self._evaluate, self._hear)
        end = self.inside.clock.now() + timedelta(days=self._days)
        await self._arrive()
        while self.inside.clock.now() < end:
            self.inside.clock.pass_hours(self.chance.expovariate(1 / BETWEEN))
            [move] = self.chance.choices(moves, weights=(7, 20, 16, 16, 3))
            with suppress(DomainError):
                await move()

    async def _arrive(self) -> None:
        business = self.chance.choice(BUSINESSES)
        account = self._accounts.get(business)
        self._arrived += 1
        name = f"{self._arrived} of {business[:4]}"
        request = await self.inside.submitted(name, business, None if account is None else account.ticket)
        self._accounts.setdefault(business, request)
        self._requests[request.ticket] = request

    async def _applicant(self) -> None:
        request = await self._one_of(
            ApplicationStatus.AWAITING_PAYMENT,
            ApplicationStatus.NEED_DATA,
            ApplicationStatus.REJECTED,
            *WAITING,
        )
        applying, by = self.inside.office.applying, self.inside.citizen(request)
        now = await self.inside.state(request)
        match now.status:
            case ApplicationStatus.AWAITING_PAYMENT:
                await self.inside.pay(request)
            case ApplicationStatus.NEED_DATA:
                asked_for = [each.where.rpartition(".")[2] for each in now.wanted]
                await self._change(request, *(each for each in asked_for if each == CERTIFICATE))
                words = dict.fromkeys(now.wanted, "Sudah diperbaiki.")
                await applying.send_data(
                    request, by, None, (await self.inside.state(request)).revision, words
                )
            case ApplicationStatus.REJECTED:
                await self._change(request)
                await applying.resubmit(request, by, None, now.revision + 1)
            case _ if self.chance.random() < 0.1:
                await applying.withdraw(request, by, None)
            case _:
                await applying.change_account(request, by, None, STATED)

    async def _one_of(self, *states: ApplicationStatus) -> IntakeRequest:
        rows = await self.inside.office.store.query(lambda tx: applications_in(tx, states))
        if not rows:
            raise DomainError("Nobody waits for this now.")
        return self._requests[self.chance.choice(rows).ticket]

    async def _change(self, request: IntakeRequest, *kinds: str) -> None:
        for kind in ("invoice", *kinds):
            file = await self.inside.attached(request, f"{kind} {self.chance.random()}")
            document = Document(kind=kind, file=file)
            await self.inside.office.applying.attach(request, self.inside.citizen(request), None, document)

    async def _take(self) -> None:
        by = self.inside.evaluator(self.chance.choice(EVALUATORS))
        await self.inside.office.deciding.take_next(by, None)

    async def _evaluate(self) -> None:
        """Who has become hindered meanwhile gives it back."""
        request = await self._one_of(ApplicationStatus.EVALUATION)
        now = await self.inside.state(request)
        assert now.officer is not None
        by, deciding = self.inside.evaluator(now.officer), self.inside.office.deciding
        try:
            match self.chance.choices(("pass", "reject", "ask", "release"), weights=(6, 2, 2, 1))[0]:
                case "pass":
                    await deciding.pass_evaluation(request.ticket, by, None, now.revision)
                case "reject":
                    await deciding.reject(request.ticket, by, None, (WRONG,))
                case "ask":
                    wanted, note = self.chance.choice(((MISSING, None), (UNNAMED, WHY)))
                    await deciding.ask_data(request.ticket, by, None, (wanted,), note)
                case _:
                    reason = self.chance.choice(RELEASE_REASONS)
                    await deciding.release(request.ticket, by, None, reason)
        except DomainError:
            await deciding.release(request.ticket, by, None, "conflict")

    async def _hear(self) -> None:
        official, business = self.chance.choice(EVALUATORS), self.chance.choice(BUSINESSES)
        tell = self.chance.choice((self.inside.mentored, self.inside.declared, self.inside.cleared))
        await tell(official, business)
