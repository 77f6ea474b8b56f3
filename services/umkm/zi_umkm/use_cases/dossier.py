"""Everything that is known about one case, without personal data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Event
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import event_id
from zi_chassis.storage.store import Store
from zi_rules.mentoring.assessment import Answers, Difference, Score, differences
from zi_rules.mentoring.readiness import Readiness
from zi_rules.mentoring.rule_set import Part
from zi_umkm.domain import rule_evaluation
from zi_umkm.domain.business import on_track
from zi_umkm.domain.case.messages import BusinessAssessed
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import handover_id, visit_id
from zi_umkm.domain.next_step import NextStep, next_step
from zi_umkm.domain.rule_evaluation import registration_parts
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.published import cases, handovers, visits
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.read.case_files import FileRow, files_of
from zi_umkm.read.cases import MentoringRow, case_row
from zi_umkm.read.permit_register import PermitLine, permits_of_case
from zi_umkm.read.trainings import TrainingRow, trainings_of
from zi_umkm.read.visits import VisitRow, visits_of
from zi_umkm.use_cases.mentoring import Mentoring

# Published one by one during a visit; its end sums them up.
SINGLE = ("zi.umkm.item_answered", "zi.umkm.photo_added")
_Rows = tuple[MentoringRow | None, list[FileRow], list[TrainingRow], list[PermitLine], list[bytes]]


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
    permits: Sequence[PermitLine]
    events: Sequence[Event]
    messages: Sequence[bytes]

    @property
    def next_step(self) -> NextStep:
        """The next step of the business; whoever shows or answers one reads it here."""
        known = self.state.all_numbers
        waiting = [each for each in on_track(self.state.triaged, "md") if each not in known]
        lacks = all(self.lacks(each) for each in waiting)
        return next_step(self.state, permit_lacks=bool(self.missing), registration_lacks=lacks)

    def lacks(self, product: int) -> bool:
        """Tell whether something is missing that is asked for to register this product."""
        ready, parts = self.readiness.get(product), self.registration_parts(product)
        missing = () if ready is None else ready.missing
        return any(each.part in parts for each in missing)

    def registration_parts(self, product: int) -> frozenset[Part]:
        triaged = [each for each in self.state.triaged if each.product == product]
        return frozenset(part for each in triaged for part in registration_parts(self.state, each))


class CaseDossiers:
    """Gather the dossier of a case from the store, the rules and the read tables."""

    def __init__(self, store: Store, rules: MentoringRulebook, mentoring: Mentoring, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._mentoring = mentoring
        self._clock = clock

    async def of(self, request: MentoringRequest) -> MentoringDossier:
        id = request.mentoring
        version, _ = await self._store.fetch(cases, id)
        handed_over = handover_id(id), (await self._store.fetch(handovers, handover_id(id)))[0]
        state, score = await self._mentoring.scored(request)
        rows = await self._store.query(lambda tx: visits_of(tx, id))
        versions = [(each.id, (await self._store.fetch(visits, each.id))[0]) for each in rows]

        def question(tx: Tx) -> _Rows:
            return (
                case_row(tx, id),
                files_of(tx, id),
                trainings_of(tx, id),
                permits_of_case(tx, str(id)),
                messages(tx, [(id, version), handed_over, *versions]),
            )

        row, files, lessons, permits, published = await self._store.query(question)
        rules = self._rules.of(state, self._clock.now())
        return MentoringDossier(
            request=request,
            state=state,
            row=row,
            files=files,
            visits=rows,
            trainings=lessons,
            score=score,
            readiness=await self._mentoring.readiness(request),
            missing=rule_evaluation.missing_for_permit(state, score, rules, self._rules.self_enough(state)),
            differences=await self._differences(request, state),
            permits=permits,
            events=await self._store.events(id),
            messages=published,
        )

    async def _differences(self, request: MentoringRequest, state: MentoringCase) -> tuple[Difference, ...]:
        """Return where the last self-assessment and the official's assessment differ, when both used the same checklist."""
        self_assessed, assessed = state.last_self_assessment, state.last_assessment
        if (
            self_assessed is None
            or assessed is None
            or self_assessed.result.checklist != assessed.result.checklist
        ):
            return ()
        answers = [await self._answers(request, each) for each in (self_assessed, assessed)]
        return differences(self._rules.checklist(self_assessed.result.checklist), *answers)

    async def _answers(self, request: MentoringRequest, assessed: BusinessAssessed) -> Answers:
        _, visited = await self._store.fetch(visits, visit_id(request.mentoring, assessed.visit))
        return rule_evaluation.answers_of(visited)


def messages(tx: Tx, aggregates: Iterable[tuple[UUID, int]]) -> list[bytes]:
    """Return the messages of these aggregates up to their versions, in the order of the service's own sequence."""
    ids = [str(event_id(id, number)) for id, last in aggregates for number in range(1, last + 1)]
    if not ids:
        return []
    rows = tx.execute(
        f"SELECT message FROM messages WHERE event_id IN ({', '.join('?' * len(ids))})"
        " AND type NOT IN (?, ?) ORDER BY position",
        *(*ids, *SINGLE),
    )
    return [bytes(row["message"]) for row in rows]
