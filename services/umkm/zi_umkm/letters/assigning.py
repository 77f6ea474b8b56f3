"""Approve a trip: its approval, its letter of assignment with the letter's number, and what its businesses are told are one transaction."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_letters.content import digest
from zi_letters.vault_fields import CONTENT
from zi_umkm.domain.case.trip_visits import AnnounceVisit
from zi_umkm.domain.letter import IssueMentoringLetter, printed_number
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.domain.trip import ApproveTrip, Trip
from zi_umkm.letters.assignment import AssignmentLetters
from zi_umkm.letters.trip_vault import TripLetterText, kept_text
from zi_umkm.letters.writing import MentoringLetterWriting
from zi_umkm.messaging.letters_data import letter_registers
from zi_umkm.messaging.published import SUBJECT_OF_TRIPS, cases, trips
from zi_umkm.messaging.upstream import request_of
from zi_umkm.read.trips import away_on
from zi_umkm.use_cases.travelling import facts_of, today_of


@dataclass(frozen=True)
class WrittenAssignment:
    """The command that numbers a letter of assignment, and its content."""

    issue: IssueMentoringLetter
    text: TripLetterText


class Assigning:
    def __init__(
        self,
        store: Store,
        rules: MentoringRulebook,
        assignments: AssignmentLetters,
        writing: MentoringLetterWriting,
    ) -> None:
        self._store = store
        self._rules = rules
        self._assignments = assignments
        self._writing = writing

    async def approve(self, trip: UUID, by: Act, plan_digest: str) -> Handled[Trip]:
        """Approve the plan that was read; a plan that is approved already stays so, under its number."""
        letter = self._written(trip, by, (await self._store.fetch(trips, trip))[1], plan_digest)

        def found(tx: Tx) -> list[Reaction]:
            now: Trip = self._store.states(tx, {trip: trips})[trip][1]
            number, numbered = self._numbered(tx, letter, now)
            plan = now.plan
            stops = () if plan is None else plan.stops
            known = [request_of(tx, each.ticket) for each in stops]
            command = ApproveTrip(
                by=by,
                today=today_of(by),
                plan_digest=plan_digest,
                number=number,
                facts=tuple(facts_of(tx, request) for request in known if request is not None),
                wording=self._assignments.pin,
                away=frozenset() if plan is None else away_on(tx, trip, plan.begins, plan.ends),
            )
            return [Reaction(trips, trip, command), *numbered, *_announced(command, trip, now)]

        handled: Handled[Trip] = (await self._store.decide_all(found))[0]
        return handled

    def _written(self, trip: UUID, by: Act, now: Trip, plan_digest: str) -> WrittenAssignment | None:
        """Write the letter of the plan that was read and waits for its approval; any other is approved by nobody."""
        if now.plan is None or now.status != "planned" or now.plan.digest != plan_digest:
            return None
        id = uuid5(trip, f"letter {now.approvals + 1}")
        district = self._rules.district_name(now.plan.district)
        issuer, salt = self._writing.issuer, self._writing.salt(id)
        content = self._assignments.sealed(now.plan, by, district, issuer, salt)
        text = kept_text(CONTENT, content.decode(), id)
        year, name = today_of(by).year, digest(content)
        issue = self._writing.issue(by, SUBJECT_OF_TRIPS, id, "trip_assignment", year, name, text.ref)
        return WrittenAssignment(issue, text)

    def _numbered(self, tx: Tx, letter: WrittenAssignment | None, now: Trip) -> tuple[str, list[Reaction]]:
        """Return the number of the letter and what records it; nothing where the trip is approved or cancelled by now."""
        if letter is None or now.status != "planned":
            return "", []
        issue, register = letter.issue, self._writing.register_of(letter.issue)
        count = self._store.states(tx, {register: letter_registers})[register][1].next
        number = printed_number(issue.series, issue.year, count)
        return number, [Reaction(letter_registers, register, issue, letter.text)]


def _announced(command: ApproveTrip, trip: UUID, now: Trip) -> list[Reaction]:
    """Announce the trip to the businesses that do not know its days yet."""
    if now.plan is None:
        return []
    announce = AnnounceVisit(
        by=command.by,
        request=uuid5(trip, f"announce {now.approvals}"),
        trip=trip,
        begins=now.plan.begins,
        ends=now.plan.ends,
    )
    return [Reaction(cases, each.case, announce) for each in now.unannounced]
