"""A house without processes: some applications, the registers, and people who try everything in any order; whoever reacts to an
event does it as late as chance will have it. What happened is written down beside the aggregates, and judged from that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from tests.certificates import steps as usual
from tests.certificates.officials import DAY, HOUR, MONDAY, evaluator, named, staff, system

from zi_certificates.domain import register
from zi_certificates.domain.application.command_bases import Completion, Decision
from zi_certificates.domain.application.commands import (
    ApplicationCommands,
    AskOverride,
    CallForAmendment,
    ChangeApplication,
    ConfirmRefund,
    DeclineRefund,
    FlagConflict,
    IssueFurtherBill,
    RecordNumber,
    RecordPayment,
    RecordRefund,
    Reinstate,
    ReportRefund,
    Revoke,
    Seal,
    Sign,
    Submit,
    Suspend,
)
from zi_certificates.domain.application.decide import (
    decide as decide_application,
)
from zi_certificates.domain.application.events import (
    ApplicationEvents,
    LettersSigned,
)
from zi_certificates.domain.application.evolve import (
    evolve as evolve_application,
)
from zi_certificates.domain.application.state import (
    Application,
    ApplicationStatus,
)
from zi_certificates.domain.application.state import (
    initial as no_application,
)
from zi_certificates.domain.impartiality import Fact, Known
from zi_certificates.domain.issuing import to_issue
from zi_certificates.domain.register import CertificateIssued, Register
from zi_chassis.domain import Act, DomainError
from zi_contracts.certificates import KnownFacts
from zi_rules.letter_number import official_number

STAFF = ("official-1", "official-2", "official-3", "official-4")
ROLES = ("evaluator", "evaluator", "signer", "signer", "head", "supervisor")
ANYTHING = (
    *(usual.CHANGE, usual.SUBMIT, usual.PAY, usual.TAKE, usual.RELEASE, usual.ASK, usual.SEND, usual.PASS),
    *(usual.REJECT, usual.RESUBMIT, usual.SEND_BACK, usual.SIGN, usual.SUSPEND, usual.REINSTATE),
    *(usual.REVOKE, usual.UNPAID, usual.LAPSED, usual.WITHDRAW, usual.ASK_OVERRIDE),
    *(usual.APPROVE_OVERRIDE, usual.REFUSE_OVERRIDE, usual.SUBMIT_FREE, usual.REMIND_PAYMENT, usual.FURTHER),
    *(usual.REVERSE, usual.PAY_AGAIN, usual.CALL, usual.REPORT_REFUND, usual.CONFIRM_REFUND),
)
SENSIBLE: dict[ApplicationStatus, Sequence[ApplicationCommands]] = {
    ApplicationStatus.DRAFT: (usual.CHANGE, usual.SUBMIT, usual.SUBMIT, usual.SUBMIT, usual.SUBMIT_FREE),
    ApplicationStatus.AWAITING_PAYMENT: (usual.PAY, usual.PAY, usual.FURTHER, usual.PAY_AGAIN),
    ApplicationStatus.QUEUED: (*(usual.TAKE,) * 9, usual.REVERSE),
    ApplicationStatus.RESUBMITTED: (usual.TAKE,),
    ApplicationStatus.EVALUATION: (usual.PASS, usual.PASS, usual.ASK, usual.REJECT, usual.RELEASE),
    ApplicationStatus.NEED_DATA: (usual.CHANGE, usual.SEND),
    ApplicationStatus.REJECTED: (usual.CHANGE, usual.RESUBMIT),
    ApplicationStatus.ISSUED: (
        usual.SUSPEND,
        usual.SUSPEND,
        usual.REVOKE,
        usual.REVERSE,
        usual.FURTHER,
        usual.CALL,
    ),
    ApplicationStatus.SUSPENDED: (
        usual.REINSTATE,
        usual.REINSTATE,
        usual.REVOKE,
        usual.FURTHER,
        usual.PAY_AGAIN,
    ),
    ApplicationStatus.APPROVAL: (usual.SIGN, usual.SIGN, usual.SIGN, usual.SEND_BACK),
}
KINDS = {"ski": ("ski_post_border",), "ske": ("ske_health", "ske_free_sale")}


@dataclass
class File:
    """What happened to one application, command by command."""

    id: UUID
    state: Application = no_application
    happened: list[tuple[ApplicationCommands, ApplicationEvents]] = field(default_factory=list)

    @property
    def events(self) -> list[ApplicationEvents]:
        return [event for _, event in self.happened]


class House:
    def __init__(self, chance: Random, applications: int = 3) -> None:
        self.chance = chance
        self.clock = MONDAY
        self.files = [File(named(f"application {n}")) for n in range(applications)]
        self.registers: dict[str, Register] = {"ski": register.initial, "ske": register.initial}
        self.issued: list[tuple[CertificateIssued, str]] = []
        self.facts: list[Fact] = []
        self.positions = {"conflict": 0, "mentorship": 0}
        for file in self.files:
            self._begin(file)

    def run(self, moves: int) -> None:
        for _ in range(moves):
            self.clock += HOUR
            file = self.chance.choice(self.files)
            self.chance.choices((self._act, self._react, self._hear), weights=(12, 4, 1))[0](file)
        for file in self.files:
            self._finish(file)

    def _begin(self, file: File) -> None:
        series = self.chance.choice(("ski", "ske"))
        first = usual.draft(*KINDS[series])
        self.tell(file, first.model_copy(update={"series": series, "ticket": str(file.id)[:9]}))

    def _act(self, file: File) -> None:
        sensible = SENSIBLE.get(file.state.status, ANYTHING)
        if file.state.owed.amounts and self.chance.random() < 0.4:
            sensible = (usual.REPORT_REFUND, usual.CONFIRM_REFUND, usual.CONFIRM_REFUND, usual.DECLINE_REFUND)
        if file.state.override is not None:
            sensible = (usual.APPROVE_OVERRIDE, usual.APPROVE_OVERRIDE, usual.REFUSE_OVERRIDE)
        command = self.chance.choice(sensible if self.chance.random() < 0.8 else ANYTHING)
        self.tell(file, self._varied(command, file))

    def _varied(self, command: ApplicationCommands, file: File) -> ApplicationCommands:
        """Mostly as it should be; now and then stale, incomplete, of the wrong amount, or by somebody else."""
        likely = self.chance.random() < 0.85
        changes: dict[str, Any] = {"by": self._somebody(command, file)}
        if isinstance(command, Decision):
            changes["known"] = self._known(stale=not likely)
        if "revision" in type(command).model_fields:
            changes["revision"] = file.state.revision if likely else self.chance.randint(1, 4)
        if isinstance(command, Completion):
            changes["findings"] = () if self.chance.random() < 0.7 else (usual.MISSING,)
        changes |= self._details(command, file)
        return command.model_copy(update=changes)

    def _details(self, command: ApplicationCommands, file: File) -> dict[str, Any]:
        kinds = file.state.statement.kinds if file.state.statement else ()
        match command:
            case ChangeApplication():
                batch = self.chance.choice(("B-001", "B-002", "B-003"))
                return {"statement": usual.statement(*kinds, batch=batch)}
            case Submit():
                return {"second_evaluation": self.chance.random() < 0.4}
            case IssueFurtherBill():
                return {"pay_by": self.clock + 90 * DAY, "bill": f"82{self.chance.randint(1, 10**6)}"}
            case RecordRefund():
                paid = [payment for payment, _ in file.state.owed.counted]
                return {"payment": self.chance.choice(paid)} if paid else {}
            case ReportRefund() | ConfirmRefund() | DeclineRefund():
                owed = [payment for payment, _ in file.state.owed.amounts]
                return {"payment": self.chance.choice(owed)} if owed else {}
            case RecordPayment() if command.bill != usual.PAY.bill:
                further = file.state.owed.bills[-1:]
                code = (
                    {"bill": further[0].bill, "amount": further[0].amount, "more": further[0].amount}
                    if further
                    else {}
                )
                return code | {"payment": f"bank-again-{self.chance.randint(1, 9)}", "paid_at": self.clock}
            case RecordPayment():
                amount = self.chance.choice((150_000, 150_000, 150_000, 1))
                return {"amount": amount, "payment": f"bank-{self.chance.randint(1, 9)}"}
            case Sign():
                signed = tuple(usual.letter(kind) for kind in kinds[: self.chance.choice((1, 2, 2, 2))])
                letters = [
                    each.model_copy(update={"letter": self._letter(file, each.kind)}) for each in signed
                ]
                return {"letters": tuple(letters)}
            case Suspend() | Reinstate() | Revoke() | CallForAmendment():
                return {"letter": self._letter(file, self.chance.choice(kinds))}
            case AskOverride():
                return {"official": self.chance.choice(STAFF)}
            case _:
                return {}

    def _letter(self, file: File, kind: str) -> UUID:
        return named(f"{file.id} {kind}")

    def _somebody(self, command: ApplicationCommands, file: File) -> Act:
        if not command.by.role.startswith("staff:"):
            return command.by.model_copy(update={"at": self.clock})
        officer = file.state.officer
        if officer is not None and command.by.actor == evaluator().actor and self.chance.random() < 0.8:
            return evaluator(officer, self.clock)
        role = command.by.role.removeprefix("staff:")
        role = role if self.chance.random() < 0.8 else self.chance.choice(ROLES)
        return staff(self.chance.choice(STAFF), role, self.clock)

    def _known(self, *, stale: bool) -> Known:
        """What has arrived so far, or what had arrived some time ago."""
        upto = {
            kind: self.chance.randint(0, last) if stale else last for kind, last in self.positions.items()
        }
        facts = tuple(fact for fact in self.facts if fact.position <= upto[fact.kind])
        return Known(seen=KnownFacts(umkm=upto["mentorship"], integrity=upto["conflict"]), facts=facts)

    def _hear(self, file: File) -> None:
        """Another service tells of an interest, most often of one that hinders nobody here."""
        kind = self.chance.choice(("conflict", "mentorship"))
        self.positions[kind] += 1
        official = self.chance.choice((*STAFF, "elsewhere", "elsewhere", "elsewhere"))
        fact = Fact(
            official=official,
            kind=kind,
            event=named(f"{kind} {self.positions[kind]}"),
            position=self.positions[kind],
        )
        self.facts.append(fact)

    def _react(self, file: File) -> None:
        """What the service does by itself, as often as it likes."""
        for signed in [each for each in file.events if isinstance(each, LettersSigned)]:
            for issue in to_issue(file.id, file.state, signed, 2026, system(self.clock)):
                self._issue(issue)
        for issued, number in self.issued:
            if issued.application == file.id and self.chance.random() < 0.8:
                self.tell(file, RecordNumber(by=system(), letter=issued.letter, number=number))
                self.tell(file, Seal(by=system(), letter=issued.letter, file="f" * 64))
                renewal = usual.renew(self.chance.choice("de") * 64)
                self.tell(file, renewal.model_copy(update={"letter": issued.letter}))
        for payment, _ in file.state.owed.amounts[self.chance.randint(0, 3) :]:
            self.tell(file, usual.REFUND.model_copy(update={"payment": payment, "refund": f"back {payment}"}))

    def _issue(self, command: register.Issue) -> None:
        """Whoever dies after this has issued all the same: the number comes to the application later."""
        state = self.registers[command.series]
        for event in register.decide(command, state):
            state = register.evolve(state, event)
            self.issued.append((event, official_number(event.series, event.year, state.last)))
        self.registers[command.series] = state

    def _finish(self, file: File) -> None:
        for fact in self.facts:
            self.tell(file, FlagConflict(by=system(), fact=fact))
        self._react(file)

    def tell(self, file: File, command: ApplicationCommands) -> None:
        try:
            events = decide_application(command, file.state)
        except DomainError:
            return
        for event in events:
            file.state = evolve_application(file.state, event)
            file.happened.append((command, event))
