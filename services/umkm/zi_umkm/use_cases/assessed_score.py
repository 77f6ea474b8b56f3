"""The score of a business's last assessment by an official, and whether its own assessment is good enough."""

from uuid import UUID

from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Store
from zi_rules.mentoring.assessment import Score
from zi_umkm.domain import rule_evaluation
from zi_umkm.domain.case.messages import BusinessAssessed
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import visit_id
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.domain.visit import Visit
from zi_umkm.messaging.published import visits


class AssessedScores:
    def __init__(self, store: Store, rules: MentoringRulebook) -> None:
        self._store = store
        self._rules = rules

    async def fetch(self, case: UUID, now: MentoringCase) -> Score | None:
        last = now.last_assessment
        if last is None:
            return None
        _, visited = await self._store.fetch(visits, visit_id(case, last.visit))
        return self._worth(now, last, visited)

    def read(self, tx: Tx, case: UUID, now: MentoringCase) -> Score | None:
        """As `fetch`, under the write lock."""
        last = now.last_assessment
        if last is None:
            return None
        visit = visit_id(case, last.visit)
        return self._worth(now, last, self._store.states(tx, {visit: visits})[visit][1])

    def _worth(self, now: MentoringCase, last: BusinessAssessed, visited: Visit) -> Score:
        form = self._rules.checklist(last.result.checklist)
        return rule_evaluation.score_now(form, rule_evaluation.answers_of(visited), now)
