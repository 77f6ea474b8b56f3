"""A case as far as messages of other services say: who has it in hand, by when something is due, and who may learn of it by a mail. Pure."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from zi_chassis.domain import Value
from zi_contracts import certificates, intake, umkm
from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_notify.roles import FILERS, HEAD, SUPERVISOR
from zi_rules.people import People

CaseKind: TypeAlias = Literal["product", "service", "question", "application", "mentoring", "unknown"]
StatusMessage: TypeAlias = intake.StatusData | certificates.ApplicationData | umkm.MentoringData
Filing: TypeAlias = (
    intake.ComplaintFiled | intake.ConsultationFiled | intake.InformationRequested | intake.SuggestionMade
)
FrontDoor: TypeAlias = intake.CertificateRequested | intake.MentoringRequested
OVER = frozenset({"closed", "withdrawn", "passed_on"})
OF_A_BUSINESS: frozenset[CaseKind] = frozenset({"application", "mentoring"})
IN_WORK = frozenset({"queued", "evaluation", "need_data", "approval", "resubmitted"})


class CaseFacts(Value):
    """`kind` is unknown of a case that was filed before this was noted: it is treated like the most confidential one. `business` is its
    reference, by which interests of officials are known. `is_moved`: it went to appointed officials, and whoever had it before learns nothing
    more of it. `involved` answered the case or had it in hand: while `is_objected` others decide."""

    service: str
    ticket: str
    kind: CaseKind = "unknown"
    is_confidential: bool = True
    is_anonymous: bool = False
    filed_by: str | None = None
    entered_by: str | None = None
    filed: datetime | None = None
    business: str | None = None
    officer: str | None = None
    involved: tuple[str, ...] = ()
    is_objected: bool = False
    is_moved: bool = False
    is_open: bool = True
    is_with_office: bool = True
    language: Literal["id", "en"] = "id"
    reachable_by: tuple[str, ...] = ()
    judge_by: datetime | None = None
    acknowledge_by: datetime | None = None
    due: datetime | None = None

    @property
    def is_printable(self) -> bool:
        """Return whether a letter may be printed: of a case from before, nothing says if there is a name or who sees it."""
        return self.kind != "unknown" and not self.is_anonymous

    @property
    def is_ordinary(self) -> bool:
        """Return whether the case is neither in confidence nor about the service; of one from before, nothing says that."""
        return self.kind not in ("service", "unknown") and not self.is_confidential

    @property
    def may_be_answered(self) -> bool:
        """Return whether a reply to a mail, which shows its sender and quotes the mail, may reach the mailbox of the whole office."""
        return self.is_ordinary and not self.is_anonymous

    @property
    def not_deciding(self) -> tuple[str, ...]:
        """Those whose work the objection that waits is about."""
        return self.involved if self.is_objected else ()

    @property
    def is_business_known(self) -> bool:
        """Return whether it is known who has an interest in the case: one of a business, of which no message said whose it is, is of anybody's."""
        return self.kind not in OF_A_BUSINESS or self.business is not None

    @property
    def deadline(self) -> datetime | None:
        """The next time by which the office owes something; none while it waits for the citizen."""
        if not (self.is_open and self.is_with_office):
            return None
        return self.judge_by or self.acknowledge_by or self.due


def facts_after(facts: CaseFacts, message: Message, step: Data) -> CaseFacts:
    """Return what is known of the case after this message."""
    if not isinstance(step, StatusMessage):
        return facts
    known = {
        "language": step.language,
        "reachable_by": tuple(step.reachable_by),
        "is_open": _is_open(step),
        "is_with_office": step.holder == "office",
        "due": getattr(step, "due", None) or facts.due,
        "business": getattr(step, "business_ref", None) or facts.business,
        "officer": _officer(facts, message, step),
        "judge_by": _judge_by(facts, step),
        "acknowledge_by": _acknowledge_by(facts, step),
        "involved": _involved(facts, message, step),
        "is_objected": _is_objected(facts, step),
        **_filed(message, step),
        **_moved(step),
    }
    if isinstance(step, intake.DeadlineMissed | certificates.DeadlineMissed | umkm.DeadlineMissed):
        known["due"] = step.due if facts.due is None else facts.due
    return facts.model_copy(update=known)


def _filed(message: Message, step: StatusMessage) -> dict[str, object]:
    kind = _passed_on_kind(step)
    if kind is None and not isinstance(step, Filing):
        return {}
    by = {
        "filed_by": message.actor if message.actorrole in FILERS else None,
        "entered_by": message.actor if message.actorrole.startswith("staff:") else None,
        "filed": message.time,
    }
    if not isinstance(step, Filing):
        return {"kind": kind, "is_confidential": False, **(by if isinstance(step, FrontDoor) else {})}
    return {
        "kind": step.kind if isinstance(step, intake.ComplaintFiled) else "question",
        **_protection(step),
        **by,
    }


def _moved(step: StatusMessage) -> dict[str, object]:
    """Treat what was moved to appointed officials like every complaint that may be for these alone."""
    is_moved = isinstance(step, intake.MovedToAppointed)
    return {"kind": "service", "is_confidential": True, "is_moved": True} if is_moved else {}


def _protection(step: Filing) -> dict[str, object]:
    """Whoever requests information gives a name, and asks for no confidence."""
    if isinstance(step, intake.InformationRequested):
        return {"is_confidential": False, "is_anonymous": False}
    return {
        "is_confidential": step.confidentiality == "confidential" or bool(step.confidential),
        "is_anonymous": step.confidentiality == "anonymous" or bool(step.anonymous),
    }


def _passed_on_kind(step: StatusMessage) -> CaseKind | None:
    """The kind of a case that intake passes on. It has no switches: whoever asks gives a name."""
    match step:
        case certificates.ApplicationData() | intake.CertificateRequested():
            return "application"
        case umkm.MentoringData() | intake.MentoringRequested() | intake.BusinessNumberGiven():
            return "mentoring"
        case _:
            return None


def _is_open(step: StatusMessage) -> bool:
    """Mentors have no list here: their cases are handed to nobody by a message."""
    if isinstance(step, certificates.ApplicationData):
        return step.state in IN_WORK
    return isinstance(step, intake.StatusData) and step.state not in OVER


def _officer(facts: CaseFacts, message: Message, step: StatusMessage) -> str | None:
    match step:
        case intake.CaseAssigned():
            return step.officer
        case certificates.ApplicationTaken():
            return message.actor
        case (
            certificates.ApplicationReleased()
            | intake.CaseReopened(objection=True)
            | intake.MovedToAppointed()
        ):
            return None
        case _:
            return facts.officer


def _involved(facts: CaseFacts, message: Message, step: StatusMessage) -> tuple[str, ...]:
    """Return those who were involved in the answer; whoever is given the case after an objection was not."""
    added: tuple[str | None, ...] = ()
    match step:
        case intake.CaseAssigned() if not facts.is_objected:
            added = (step.officer,)
        case intake.CaseAnswered():
            added = (message.actor, step.drafted_by)
        case intake.CaseReopened():
            added = (facts.officer,)
        case _:
            pass
    return tuple(dict.fromkeys((*facts.involved, *(each for each in added if each is not None))))


def _is_objected(facts: CaseFacts, step: StatusMessage) -> bool:
    if isinstance(step, intake.CaseReopened):
        return step.objection is True
    return facts.is_objected and not isinstance(step, intake.CaseAnswered)


def _judge_by(facts: CaseFacts, step: StatusMessage) -> datetime | None:
    if isinstance(step, intake.ComplaintFiled):
        return step.judge_by
    return None if isinstance(step, intake.CaseTriaged | intake.CaseAnswered) else facts.judge_by


def _acknowledge_by(facts: CaseFacts, step: StatusMessage) -> datetime | None:
    if isinstance(step, Filing):
        return None if isinstance(step, intake.SuggestionMade) else step.acknowledge_by
    is_waiting = isinstance(step, intake.StatusData) and step.state == "filed"
    return facts.acknowledge_by if is_waiting else None


@dataclass(frozen=True)
class MailAudience:
    """The rule that says to whom a mail may name a case: never more than the desk of that case shows (its `visibility.py`).

    Messages do not say which complaint about the service is for appointed officials alone. So each of them is named only to its officer and to
    those who see all of `appointed_topics`.
    """

    people: People
    appointed_topics: frozenset[str]

    def is_barred(self, account: str, facts: CaseFacts, interests: Set[str]) -> bool:
        """Return whether they filed it or declared an interest in its business: then no mail names it to them, even if they have it in hand."""
        return account == facts.filed_by or (facts.business is not None and facts.business in interests)

    def may_be_told(self, account: str, facts: CaseFacts, interests: Set[str]) -> bool:
        """`interests` are the references of the businesses that this official declared an interest in."""
        if self.is_barred(account, facts, interests):
            return False
        if account == facts.officer:
            return True
        return facts.is_business_known and facts.kind in self.kinds_of(account)

    def may_reach(
        self,
        members: Collection[str],
        known: Sequence[CaseFacts],
        interests: Mapping[str, frozenset[str]],
    ) -> bool:
        """Return whether a message that all members of a team read, and whoever else reads their chat, may name the case: an ordinary one,
        as other systems are told, and not where any member is barred. `known` are its facts of each service."""
        return any(facts.is_business_known for facts in known) and all(
            facts.is_ordinary
            and member not in self.kept_from_deciding(facts)
            and not self.is_barred(member, facts, interests.get(member, frozenset()))
            for facts in known
            for member in members
        )

    def kinds_of(self, account: str) -> frozenset[CaseKind]:
        """Return the kinds of cases in the hands of others that a mail may name to this official; those of a business only if it is known."""
        if self.people.roles_of(account).isdisjoint({SUPERVISOR, HEAD}):
            return frozenset()
        kinds: set[CaseKind] = {"product", "question", *OF_A_BUSINESS}
        if self._sees_all_topics(account):
            kinds.add("service")
        return frozenset(kinds)

    def supervisors(self, facts: CaseFacts, interests: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
        """Return the supervisors who may be told of the case, or where there is none the heads who may; of an objection those who may decide."""
        for role in (SUPERVISOR, HEAD):
            found = tuple(
                account
                for account in self.people.with_role(role)
                if account not in self.kept_from_deciding(facts)
                and self.may_be_told(account, facts, interests.get(account, frozenset()))
            )
            if found:
                return found
        return ()

    def agreeing(
        self, facts: CaseFacts, asker: str, interests: Mapping[str, frozenset[str]]
    ) -> tuple[str, ...]:
        """Return the supervisors who may agree to what was asked for, and be told of the case: they neither asked for it nor filed or entered
        the case, nor keep the secret of the system that did."""
        return tuple(
            account
            for account in self.people.with_role(SUPERVISOR)
            if account not in self.enterers(facts) | {asker}
            and self.may_be_told(account, facts, interests.get(account, frozenset()))
        )

    def heads_agreeing(
        self, facts: CaseFacts, asker: str, interests: Mapping[str, frozenset[str]]
    ) -> tuple[str, ...]:
        """Return the heads, where there is no such supervisor."""
        if self.agreeing(facts, asker, interests):
            return ()
        involved = self.enterers(facts) | {asker, facts.filed_by}
        return tuple(account for account in self.people.with_role(HEAD) if account not in involved)

    def second_persons(self, facts: CaseFacts | None, asker: str) -> Collection[str]:
        """Return the supervisors of another line than the asker who did not enter the case, or where there is none such heads."""
        enterers = frozenset[str]() if facts is None else self.enterers(facts)
        found = self.people.independent_of(asker, SUPERVISOR) - enterers
        return found or [account for account in self.people.with_role(HEAD) if account not in enterers]

    def enterers(self, facts: CaseFacts) -> frozenset[str]:
        """Return who entered the case for somebody, or keeps the secret of the system that did: they leave its decisions to colleagues."""
        found = (facts.entered_by, self.people.keeper_of(facts.entered_by))
        return frozenset(each for each in found if each is not None)

    def kept_from_deciding(self, facts: CaseFacts) -> frozenset[str]:
        """Return those who may not decide about the objection that waits, with who entered the case; nobody where none waits."""
        return self.enterers(facts).union(facts.not_deciding) if facts.is_objected else frozenset()

    def _sees_all_topics(self, account: str) -> bool:
        topics = self.people.topics_of(account)
        if HEAD in self.people.roles_of(account):
            topics |= self.appointed_topics - self.people.topics_taken
        return self.appointed_topics <= topics
