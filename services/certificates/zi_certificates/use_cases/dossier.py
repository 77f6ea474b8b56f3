"""Everything that is stored about one application, for the people who may read it; nothing personal is in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from zi_certificates.domain.account import Account, AccountRefused
from zi_certificates.domain.application.events import (
    AmendmentCalledFor,
    ApplicationChanged,
    ApplicationDrafted,
    ApplicationRejected,
    ApplicationResubmitted,
    ApplicationSentBack,
    ApplicationSubmitted,
    ApplicationSubmittedFree,
    DataAsked,
    DataSent,
    LetterReinstated,
    LetterRevoked,
    LetterSuspended,
)
from zi_certificates.domain.application.state import (
    WAITING,
    Application,
    ApplicationStatus,
)
from zi_certificates.domain.changes import StatementChange, changes
from zi_certificates.domain.statement import Statement
from zi_certificates.messaging.published import accounts, applications
from zi_certificates.messaging.upstream import IntakeRequest, account_of, mentoring_of
from zi_certificates.read.amendments import Successor, successors_of
from zi_certificates.read.applications import ApplicationRow, application, counts, queue_place
from zi_certificates.read.decisions import Overtaking, overtakings_of
from zi_certificates.read.letters import LetterRow, letters_of
from zi_certificates.read.parking import ParkedTime, parked_time
from zi_chassis.domain import Event
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import event_id
from zi_chassis.storage.store import Store
from zi_contracts.certificates import PublishedFinding
from zi_contracts.intake import Items

AboutLetter = LetterSuspended | LetterReinstated | LetterRevoked | AmendmentCalledFor
Anchor = Literal["letter", "submitted", "asked", "rejected", "sent_back"]


@dataclass(frozen=True)
class PlaceInQueue:
    """In the queue; 1 is next."""

    place: int
    length: int


@dataclass(frozen=True)
class Compared:
    """The changes since a step of the application."""

    since: Anchor
    at: datetime
    changes: Sequence[StatementChange]


@dataclass(frozen=True)
class Answered:
    """Findings of an official, and where a text about them lies in the vault."""

    at: datetime
    findings: tuple[PublishedFinding, ...]
    items: Items


@dataclass(frozen=True)
class Dossier:
    """`messages` as they were published, in the order in which they happened; of the account only if this request opened it.

    `successors` are the applications that take, or were to take, the place of a letter of this one. `mentoring` are the mentoring cases whose business agreed that they are taken over into it.
    """

    request: IntakeRequest
    state: Application
    account: Account
    account_id: UUID
    row: ApplicationRow | None
    letters: Sequence[LetterRow]
    successors: Sequence[Successor]
    place: PlaceInQueue | None
    passed_by: Sequence[Overtaking]
    parked: ParkedTime | None
    events: Sequence[Event]
    account_events: Sequence[Event]
    messages: Sequence[bytes]
    mentoring: Sequence[str]

    @property
    def ticket(self) -> str:
        return self.request.ticket

    @property
    def last_answer(self) -> Answered | None:
        """The last request for data or rejection: what the office writes to the applicant."""
        wanted = (DataAsked, ApplicationRejected)
        answers = [each for each in self.events if isinstance(each, wanted)]
        if not answers:
            return None
        last = answers[-1]
        findings = last.wanted if isinstance(last, DataAsked) else last.reasons
        return Answered(last.by.at, findings, last.items)

    @property
    def sent_back(self) -> ApplicationSentBack | None:
        """The last return by a signer, as long as it is evaluated again and nothing was decided since."""
        if self.state.status not in (ApplicationStatus.QUEUED, ApplicationStatus.EVALUATION):
            return None
        wanted = (ApplicationSentBack, DataAsked, ApplicationRejected, ApplicationResubmitted)
        last = next((each for each in reversed(self.events) if isinstance(each, wanted)), None)
        return last if isinstance(last, ApplicationSentBack) else None

    @property
    def answered_in_words(self) -> Answered | None:
        """The last data that the applicant sent, if words answer something in it."""
        sent = [each for each in self.events if isinstance(each, DataSent) and each.answered]
        return Answered(sent[-1].by.at, sent[-1].answered, sent[-1].items) if sent else None

    @property
    def written_about_letters(self) -> list[AboutLetter]:
        """The decisions about letters that officials explained in their own words."""
        return [each for each in self.events if isinstance(each, AboutLetter) and each.items]

    @property
    def account_refused(self) -> tuple[PublishedFinding, ...]:
        refused = [each for each in self.account_events if isinstance(each, AccountRefused)]
        return refused[-1].reasons if refused else ()

    def comparisons(self) -> list[Compared]:
        """Compare the present statement with the one at each step of the office and at the submission, the newest first."""
        anchors: list[tuple[Anchor, datetime, Statement]] = []
        now: Statement | None = None
        for each in self.events:
            if isinstance(each, ApplicationDrafted | ApplicationChanged):
                now = each.statement
                if isinstance(each, ApplicationDrafted) and each.amends is not None:
                    anchors.append(("letter", each.by.at, now))
            elif (anchor := ANCHORS.get(type(each))) is not None and now is not None:
                anchors.append((anchor, each.by.at, now))
        compared = [
            Compared(anchor, at, changes(before, now)) for anchor, at, before in anchors if now is not None
        ]
        return [each for each in reversed(compared) if each.changes]


ANCHORS: Mapping[type[Event], Anchor] = {
    ApplicationSubmitted: "submitted",
    ApplicationSubmittedFree: "submitted",
    DataAsked: "asked",
    ApplicationRejected: "rejected",
    ApplicationSentBack: "sent_back",
}


async def dossier_of(store: Store, request: IntakeRequest) -> Dossier:
    account_id = await store.query(lambda tx: account_of(tx, request))
    version, state = await store.fetch(applications, request.application)
    account_version, account = await store.fetch(accounts, account_id)
    is_opener = account.opened is not None and account.opened.reference == request.ticket

    def question(
        tx: Tx,
    ) -> tuple[ApplicationRow | None, list[LetterRow], PlaceInQueue | None, list[Overtaking], list[bytes]]:
        row = application(tx, request.application)
        letters = letters_of(tx, request.application)
        ids = [
            *_ids(request.application, version),
            *(_ids(account_id, account_version) if is_opener else ()),
            *(each.event_id for each in letters if each.event_id is not None),
        ]
        return row, letters, _place(tx, row), overtakings_of(tx, request.ticket), messages(tx, ids)

    row, letters, place, passed_by, published = await store.query(question)
    return Dossier(
        request=request,
        state=state,
        account=account,
        account_id=account_id,
        row=row,
        letters=letters,
        successors=await store.query(
            lambda tx: successors_of(tx, [each.number for each in letters if each.number])
        ),
        place=place,
        passed_by=passed_by,
        parked=await store.query(lambda tx: parked_time(tx, request.application)),
        events=await store.events(request.application),
        account_events=await store.events(account_id),
        messages=published,
        mentoring=await store.query(lambda tx: mentoring_of(tx, request.ticket)),
    )


def _place(tx: Tx, row: ApplicationRow | None) -> PlaceInQueue | None:
    number = None if row is None else queue_place(tx, row)
    if number is None:
        return None
    return PlaceInQueue(number, sum(many for status, many in counts(tx).items() if status in WAITING))


def _ids(aggregate: UUID, version: int) -> list[UUID]:
    return [event_id(aggregate, number) for number in range(1, version + 1)]


def messages(tx: Tx, ids: Iterable[UUID]) -> list[bytes]:
    """Those that are there, in the order of the service's own sequence."""
    wanted = list(map(str, ids))
    if not wanted:
        return []
    rows = tx.execute(
        f"SELECT message FROM messages WHERE event_id IN ({', '.join('?' * len(wanted))}) ORDER BY position",
        *wanted,
    )
    return [bytes(row["message"]) for row in rows]
