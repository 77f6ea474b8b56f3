"""Everything that is known about one case, without personal data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.database import Tx
from zi_chassis.domain import Event
from zi_chassis.recorded import event_id
from zi_rules.mentoring.assessment import Answers, Difference, Score, differences
from zi_rules.mentoring.readiness import Readiness
from zi_umkm.container import MentoringOffice
from zi_umkm.domain import rule_evaluation
from zi_umkm.domain.case.messages import BusinessAssessed
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import visit_id
from zi_umkm.messaging.published import cases, visits
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.case_files import FileRow, files_of
from zi_umkm.read.cases import MentoringRow, case_row
from zi_umkm.read.trainings import TrainingRow, trainings_of
from zi_umkm.read.visits import VisitRow, visits_of

# Published one by one during a visit; its end sums them up.
SINGLE = ("zi.umkm.item_answered", "zi.umkm.photo_added")


@dataclass(frozen=True)
class MentoringDossier:
    """`messages` as they were published, of the case and its visits, in the order in which they happened; `missing` is for the permit."""

    request: MentoringRequest
    state: MentoringCase
    row: MentoringRow | None
    files: Sequence[FileRow]
    visits: Sequence[VisitRow]
    trainings: Sequence[TrainingRow]
    score: Score | None
    readiness: Mapping[int, Readiness]
    missing: tuple[str, ...]
    differences: tuple[Difference, ...]
    events: Sequence[Event]
    messages: Sequence[bytes]


async def dossier_of(office: MentoringOffice, request: MentoringRequest) -> MentoringDossier:
    id = request.mentoring
    version, _ = await office.store.fetch(cases, id)
    state, score = await office.mentoring.scored(request)
    rows = await office.store.query(lambda tx: visits_of(tx, id))
    versions = [(each.id, (await office.store.fetch(visits, each.id))[0]) for each in rows]

    def question(tx: Tx) -> tuple[MentoringRow | None, list[FileRow], list[TrainingRow], list[bytes]]:
        published = messages(tx, [(id, version), *versions])
        return case_row(tx, id), files_of(tx, id), trainings_of(tx, id), published

    row, files, lessons, published = await office.store.query(question)
    rules = office.rules.of(state, office.clock.now())
    return MentoringDossier(
        request=request,
        state=state,
        row=row,
        files=files,
        visits=rows,
        trainings=lessons,
        score=score,
        readiness=await office.mentoring.readiness(request),
        missing=rule_evaluation.missing_for_permit(state, score, rules),
        differences=await differences_of(office, request, state),
        events=await office.store.events(id),
        messages=published,
    )


async def differences_of(
    office: MentoringOffice, request: MentoringRequest, state: MentoringCase
) -> tuple[Difference, ...]:
    """Return where the last self-assessment and the official's assessment differ, when both used the same checklist."""
    self_assessed, assessed = state.last_self_assessment, state.last_assessment
    if (
        self_assessed is None
        or assessed is None
        or self_assessed.result.checklist != assessed.result.checklist
    ):
        return ()
    answers = [await _answers(office, request, each) for each in (self_assessed, assessed)]
    return differences(office.rules.checklist(self_assessed.result.checklist), *answers)


async def _answers(office: MentoringOffice, request: MentoringRequest, assessed: BusinessAssessed) -> Answers:
    _, visited = await office.store.fetch(visits, visit_id(request.mentoring, assessed.visit))
    return rule_evaluation.answers_of(visited)


def messages(tx: Tx, aggregates: Iterable[tuple[UUID, int]]) -> list[bytes]:
    """Of these aggregates up to their versions, in the order of the service's own sequence."""
    ids = [str(event_id(id, number)) for id, last in aggregates for number in range(1, last + 1)]
    if not ids:
        return []
    rows = tx.execute(
        f"SELECT message FROM messages WHERE event_id IN ({', '.join('?' * len(ids))})"
        " AND type NOT IN (?, ?) ORDER BY position",
        *(*ids, *SINGLE),
    )
    return [bytes(row["message"]) for row in rows]
