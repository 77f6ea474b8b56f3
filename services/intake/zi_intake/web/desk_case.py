"""Read in one transaction what the page of a case shows to an official at the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zi_chassis.access.identity import Staff
from zi_chassis.storage.database import Tx
from zi_intake.container import Office
from zi_intake.domain.case.disclosure_decisions import may_read
from zi_intake.domain.case.filings import appointed_topic, enterers
from zi_intake.domain.case.state import Case
from zi_intake.read.case_words import CaseWords, words_of
from zi_intake.read.incidents import incident_of, titles_of
from zi_intake.read.officers import OfficerLoad, officer_loads
from zi_intake.read.projections import CaseRecords, records_of
from zi_intake.read.retention_over import is_retention_over
from zi_intake.read.visibility import CaseReader
from zi_intake.web.desk_forms import desk_forms


@dataclass(frozen=True)
class DeskCase:
    """`may` are the forms that the official can use at `now`; what none of them needs is not read. `triage_words` are those of the last triage, of
    a confidential case for its readers alone, for whom it `is_open`. `incident` is the title of the case's own."""

    ticket: str
    state: Case
    now: datetime
    may: Mapping[str, bool]
    is_open: bool
    records: CaseRecords
    triage_words: CaseWords | None
    officers: Sequence[OfficerLoad]
    incident: str | None
    incidents: Mapping[UUID, str]
    is_retention_over: bool


def desk_case(tx: Tx, office: Office, person: Staff, ticket: str) -> DeskCase:
    """Raises NoSuchCaseError, also for a case that the official does not see."""
    ticket, aggregate, version, state = office.seen_in(tx, person, ticket)
    now, reader, linked = office.clock.now(), office.reader(person), state.handling.incident
    may, is_open = desk_forms(state, person, now, office.holder_sees(state)), may_read(state, person.sub, now)
    incident = incident_of(tx, linked, reader) if linked is not None and is_open else None
    return DeskCase(
        ticket=ticket,
        state=state,
        now=now,
        may=may,
        is_open=is_open,
        records=records_of(tx, ticket, aggregate, version),
        triage_words=words_of(tx, aggregate) if is_open else None,
        officers=_officers(tx, office, state, reader) if may["assign"] else (),
        incident=None if incident is None else incident.title,
        incidents=titles_of(tx, reader) if may["link"] and linked is None else {},
        is_retention_over=may["ask_erasure"] and is_retention_over(tx, ticket),
    )


def _officers(tx: Tx, office: Office, state: Case, reader: CaseReader) -> list[OfficerLoad]:
    """Return those to whom the case can be given: of a topic for appointed officials only these, and nobody who entered it."""
    topic, entered_by = appointed_topic(state.filing), enterers(state.filing)
    appointed = None if topic is None else office.people.appointed_for(topic)
    among = [load for load in officer_loads(tx, reader) if appointed is None or load.account in appointed]
    return [load for load in among if load.account not in entered_by]
