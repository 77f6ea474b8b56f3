"""The usual commands about keys and invitations."""

from datetime import UTC, date, datetime
from uuid import UUID

from zi_chassis.domain import Act
from zi_integrity.domain.invitation import InviteToSurvey, SignInvitation
from zi_integrity.domain.survey_key import PublishSurveyKey, RetireSurveyKey, SpendTokens
from zi_integrity.domain.survey_token import SurveyToken, survey_key_id

AT = datetime(2026, 12, 1, 2, tzinfo=UTC)
UNTIL = date(2027, 1, 30)
PROGRAM = Act(at=AT, actor="system:integrity", role="system:integrity")
CITIZEN = Act(at=AT, actor="11111111-1111-4111-8111-111111111111", role="public")
CASE = UUID("22222222-2222-4222-8222-222222222222")


def token(number: int, signature: int = 1) -> SurveyToken:
    return SurveyToken("complaint", "2026-Q4", bytes([number]) * 64, bytes([signature]) * 384)


PUBLISH = PublishSurveyKey(
    by=PROGRAM,
    service="complaint",
    quarter="2026-Q4",
    scheme="RSABSSA-SHA384-PSS-Randomized",
    modulus="c5" * 384,
    exponent=65537,
    answer_until=UNTIL,
    smallest_group=10,
)
SPEND = SpendTokens(by=PROGRAM, tokens=(token(2).spent, token(1).spent))
RETIRE = RetireSurveyKey(by=PROGRAM, withheld=3)
INVITE = InviteToSurvey(
    by=PROGRAM,
    ticket="0EXAMP1E0",
    citizen=CITIZEN.actor,
    service="complaint",
    quarter="2026-Q4",
    key=survey_key_id("complaint", "2026-Q4"),
    answer_until=UNTIL,
    language="id",
    reachable_by=("email",),
)
SIGN = SignInvitation(by=CITIZEN, owner=CITIZEN.actor, blinded="ab" * 32, day=date(2026, 12, 5))
