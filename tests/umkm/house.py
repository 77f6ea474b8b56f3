"""A house without processes: one business at a time, and people who try everything in any order. What happened is written down beside
the case, and judged from that.
"""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from tests.umkm import steps as usual
from tests.umkm.steps import HOUR, MONDAY, changed, found, named, owner, result, staff

from zi_chassis.domain import Act, DomainError
from zi_contracts.umkm import PermitClock
from zi_umkm.domain import corrective_action as actions
from zi_umkm.domain.case import messages, numbers, permit, referral, state_questions
from zi_umkm.domain.case.decide import decide
from zi_umkm.domain.case.evolve import evolve
from zi_umkm.domain.case.messages import MentoringCommands, MentoringEvents
from zi_umkm.domain.case.state import MentoringCase, MentoringStatus, initial

STAFF = ("official-1", "official-2", "official-3", "official-4")
ROLES = ("mentor", "mentor", "evaluator", "officer", "supervisor", "head")
ITEMS = ("air_diuji", "dinding_utuh", "fifo")
ABOUT_A_PERMIT: Sequence[MentoringCommands] = (
    *(
        usual.PROPOSE,
        usual.ANNOUNCE_REVOCATION,
        usual.AT_ONCE,
        usual.CONTEST,
        usual.DROP,
        usual.CONFIRM_REVOCATION,
    ),
    *(usual.TAKE_EFFECT, usual.REMIND_OF_RENEWAL, usual.EXPIRE),
)
ANYTHING: Sequence[MentoringCommands] = (
    *(usual.RESTATE, usual.NAME, usual.IDENTIFY, usual.ASSIGN, usual.TRIAGE, usual.REFER, usual.RETURN),
    *(usual.LOOK_AT_LABEL, usual.LABEL_PHOTO, usual.CONFIRM_LABEL),
    *(usual.ADD_DOCUMENT, usual.CHECK_LABEL, usual.SELF, usual.ASSESS, usual.AGREE, usual.EVIDENCE),
    *(usual.VERIFY, usual.REOPEN, usual.REMIND, usual.APPLY, usual.RETURN_PERMIT, usual.ISSUE, usual.SEND),
    *(usual.VERIFY_ACCOUNT, usual.FIT, usual.REPORT_LATE_PERMIT, *ABOUT_A_PERMIT),
    *(usual.RETURN_REGISTRATION, usual.NUMBER, usual.GRADUATE, usual.PAUSE, usual.RESUME, usual.CLOSE),
    *(
        usual.CORRECT,
        usual.CONFIRM,
        usual.REFUTE,
        usual.CONFIRM_BUSINESS,
        usual.PIRT_NUMBER,
        usual.CONFIRM_PIRT,
    ),
    *(usual.CLOSE_SILENT, usual.GIVE_CONSENT, usual.WITHDRAW_CONSENT, usual.RELEASE),
    *(usual.ANNOUNCE, usual.CALL_OFF, usual.REMOVE_NAME),
)
BUSINESSES = (usual.BUSINESS, usual.WITH_NUMBER, usual.TWO_PRODUCTS, usual.ONLY_SECOND, usual.OTHERWISE)
CORRECTING = (usual.AGREE, usual.EVIDENCE, usual.EVIDENCE, usual.VERIFY, usual.VERIFY)
LABELS = (usual.LOOK_AT_LABEL, usual.LABEL_PHOTO, usual.CONFIRM_LABEL)
QUESTIONS = (
    *(usual.ASKED_QUESTION, usual.ASKED_QUESTION, usual.WATCH_QUESTION, usual.WATCH_QUESTION),
    *(usual.ANSWERED_QUESTION, usual.CORRECTED_DAY),
)
SENSIBLE: dict[MentoringStatus, Sequence[MentoringCommands]] = {
    MentoringStatus.REGISTERED: (usual.ASSIGN, usual.TRIAGE, usual.TRIAGE),
    MentoringStatus.TRIAGED: (
        *(usual.ASSESS, usual.ASSESS, usual.SELF, usual.REFER_BY_LETTER, usual.REFER_BY_LETTER),
    ),
    MentoringStatus.REFERRED: (
        *(usual.RETURN, usual.PAUSE, usual.PIRT_NUMBER, usual.REFER_BY_LETTER, usual.RENEW_CODE),
        *(usual.RECEIVE, usual.QUESTION, usual.REFUSE_REFERRAL, usual.GIVE_NUMBER) * 2,
        usual.REFER_BY_LETTER,
    ),
    MentoringStatus.ASSESSED: (usual.APPLY, *CORRECTING, *LABELS),
    MentoringStatus.CORRECTING: (*CORRECTING, usual.REMIND),
    MentoringStatus.CORRECTED: (usual.APPLY, usual.APPLY, *CORRECTING),
    MentoringStatus.PERMIT_APPLIED: (
        *(usual.VERIFY_ACCOUNT, usual.VERIFY_ACCOUNT, usual.FIT, usual.FIT, usual.ISSUE, usual.ISSUE),
        *(usual.ISSUE, usual.RETURN_PERMIT, usual.REOPEN, usual.REPORT_LATE_PERMIT),
    ),
    MentoringStatus.PERMIT_ISSUED: (
        *(usual.SEND, usual.SEND, usual.SEND, usual.ASSESS, usual.APPLY, usual.VERIFY_ACCOUNT, usual.FIT),
        *(
            usual.CONFIRM_BUSINESS,
            usual.ISSUE,
            usual.PROPOSE,
            usual.ANNOUNCE_REVOCATION,
            *(usual.CONTEST, usual.CONTEST),
            *ABOUT_A_PERMIT,
        ),
    ),
    MentoringStatus.REGISTRATION: (
        *(usual.NUMBER, usual.NUMBER, usual.RETURN_REGISTRATION, *CORRECTING, *QUESTIONS, *QUESTIONS),
    ),
    MentoringStatus.NUMBER_OBTAINED: (
        *(usual.ASSESS, usual.GRADUATE, usual.GRADUATE, usual.REPORT_LATE_VISIT, *CORRECTING),
        *(usual.CONFIRM, usual.CONFIRM, usual.CONFIRM_PIRT, usual.CORRECT, usual.CONFIRM_BUSINESS),
    ),
    MentoringStatus.DORMANT: (usual.RESUME, usual.RESUME, usual.CLOSE_SILENT, usual.REMIND),
}


class House:
    """`snapshots` is the case as it stood at each time."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.clock = MONDAY
        self.state = initial
        self.happened: list[tuple[MentoringCommands, MentoringEvents]] = []
        self.snapshots: list[tuple[datetime, MentoringCase]] = []
        self.tell(usual.REGISTER)

    @property
    def events(self) -> list[MentoringEvents]:
        return [event for _, event in self.happened]

    @property
    def accepted(self) -> list[MentoringCommands]:
        """The commands in their order, refused ones included."""
        return list({id(command): command for command, _ in self.happened}.values())

    def run(self, moves: int) -> None:
        for _ in range(moves):
            self.clock += HOUR
            likely = self.chance.random() < 0.85
            sensible = SENSIBLE.get(self.state.status, ANYTHING) if likely else ANYTHING
            self.tell(self._varied(self.chance.choice(sensible)))

    def tell(self, command: MentoringCommands) -> None:
        """Apply all events of one command."""
        try:
            events = decide(command, self.state)
        except DomainError:
            events = []
        for event in events:
            self.state = evolve(self.state, event)
            self.happened.append((command, event))
        self.snapshots.append((self.clock, self.state))

    def _varied(self, command: MentoringCommands) -> MentoringCommands:
        """Mostly as it should be; now and then by somebody else, incomplete, or of another moment."""
        by = self._somebody(command)
        return changed(command, by=by, **self._details(command, by))  # type: ignore[no-any-return]

    def _somebody(self, command: MentoringCommands) -> Act:
        if command.by.role.startswith("system:") or command.by.role == "health_office":
            return command.by.model_copy(update={"at": self.clock})
        if isinstance(command, permit.ObjectToRevocation):
            return owner(self.clock)
        if command.by.role == "public" and self.chance.random() < 0.8:
            return owner(self.clock)
        role = command.by.role.removeprefix("staff:")
        if role in ("public", "mentor") and self.state.mentors and self.chance.random() < 0.8:
            return staff(self.chance.choice(self.state.mentors), "mentor", self.clock)
        role = role if role in ROLES and self.chance.random() < 0.8 else self.chance.choice(ROLES)
        people = STAFF
        if isinstance(command, permit.FindFit | permit.IssuePermit) and self.chance.random() < 0.9:
            file = self.state.permit
            people = tuple(each for each in STAFF if each not in (file.account_by, file.fit_by))
        return staff(self.chance.choice(people), role, self.clock)

    def _details(self, command: MentoringCommands, by: Act) -> dict[str, Any]:
        match command:
            case messages.Restate():
                return {"business": self.chance.choice(BUSINESSES)}
            case messages.Identify():
                return {"business_ref": self.chance.choice("cd") * 64}
            case messages.AssignMentor():
                return {"mentor": by.actor if self.chance.random() < 0.6 else self.chance.choice(STAFF)}
            case messages.ReleaseMentor():
                return {"mentor": self.chance.choice(STAFF)}
            case messages.ReportLateVisit():
                return {"since": self.state.obtained_at or self.clock, "due": self.clock - HOUR / 2}
            case permit.ReportLatePermit():
                promise = self.state.permit.promise or usual.promise("permit_account", 1)
                return {"clock": promise.clock, "since": promise.since, "due": promise.due}
            case permit.VerifyPermitAccount():
                return {"promise": self._promise("permit_evaluation")}
            case permit.FindFit():
                return {"promise": self._promise("permit_issue")}
            case permit.IssuePermit():
                return {"certificate": self._certificate(command.certificate)}
            case permit.AnnounceRevocation(objection_until=until):
                return {"objection_until": until and self.clock + 12 * HOUR}
            case permit.TakeRevocationEffect():
                announced = self.state.permit.announced
                return {"objection_until": (announced and announced.objection_until) or self.clock}
            case permit.RemindOfRenewal() | permit.ExpirePermit():
                known = self.state.permit.certificate
                return {"number": known.number if known else command.number}
            case messages.TriageProducts():
                return {"outcomes": tuple(self._triaged(each) for each in sorted(self.state.products))}
            case messages.Assess():
                return {"visit": named(f"visit {self.clock}"), "result": result(*self._found())}
            case actions.ActionCommand():
                return {"item": self.chance.choice(ITEMS)}
            case permit.ApplyForPermit():
                opens = self.clock if self.chance.random() < 0.5 else None
                return self._missing() | {"promise": self._promise("permit_account"), "opens_at": opens}
            case messages.SendRegistration():
                return self._missing() | self._product(command)
            case numbers.CheckRegistrationNumber():
                product = self._product(command)["product"]
                return {"product": product, "number": self.state.all_numbers.get(product, command.number)}
            case numbers.CorrectRegistrationNumber():
                product = self._product(command)["product"]
                theirs = product in self.state.referred_numbers
                return {"product": product, "number": "P-IRT5" if theirs else command.number}
            case referral.AnswerReferral():
                digest = self.state.referrals[-1].code_digest if self.state.referrals else "a" * 64
                return {"code_digest": digest} | self._product(command)
            case state_questions.RecordStateQuestion():
                question = {"question": named(f"question {self.clock}"), "due": self.clock + 2 * HOUR}
                return question | self._product(command)
            case (
                state_questions.AnswerStateQuestion()
                | state_questions.CorrectStateQuestion()
                | state_questions.WatchStateQuestion()
            ):
                known = [each.question for each in self.state.state_questions]
                due = {"due": self.clock + 3 * HOUR} if "due" in type(command).model_fields else {}
                return {"question": self.chance.choice(known) if known else command.question} | due
            case referral.RenewReferralCode():
                return {"code_digest": self.chance.choice("abc") * 64}
            case messages.ReturnRegistration() | numbers.StateNumber():
                return self._product(command)
            case messages.PauseMentoring() | messages.CloseSilentMentoring():
                return {"silent_since": self.state.heard_at}
            case _:
                return {}

    def _missing(self) -> dict[str, Any]:
        return {"missing": () if self.chance.random() < 0.8 else ("layout",)}

    def _promise(self, clock: PermitClock) -> permit.PermitPromise:
        return usual.promise(clock, 0, self.clock).model_copy(update={"due": self.clock + 2 * HOUR})

    def _certificate(self, certificate: permit.PermitCertificate) -> permit.PermitCertificate:
        """Numbered anew, and valid for a time every other time."""
        number = f"IPC-2026-{self.chance.getrandbits(48)}"
        until = usual.LAST_DAY if self.chance.random() < 0.5 else None
        return certificate.model_copy(update={"number": number, "valid_until": until})

    def _product(self, command: MentoringCommands) -> dict[str, Any]:
        return {"product": self.chance.choice((1, 1, 2))} if "product" in type(command).model_fields else {}

    def _triaged(self, product: int) -> Any:
        return usual.triaged(product, self.chance.choice(("md", "md", "md", "pirt")))

    def _found(self) -> Sequence[Any]:
        """Most often something, and every third time something critical."""
        wrong = [item for item in ITEMS if self.chance.random() < 0.3]
        return [found(item, self.chance.choice(("minor", "major", "critical"))) for item in wrong]
