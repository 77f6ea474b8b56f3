"""The commands about invitations to surveys, each in its situation."""

from tests.integrity import survey_token_steps as usual
from tests.who_may.table import Aggregate, Row

from zi_integrity.messaging.invitations.published import invitations, survey_keys

KEY = Aggregate(
    "integrity",
    survey_keys,
    (Row(usual.PUBLISH), Row(usual.SPEND, (usual.PUBLISH,)), Row(usual.RETIRE, (usual.PUBLISH,))),
)
INVITATION = Aggregate(
    "integrity",
    invitations,
    (
        Row(usual.INVITE),
        Row(usual.SIGN, (usual.INVITE,), {"who filed the case": usual.CITIZEN.actor}),
    ),
)
AGGREGATES = (KEY, INVITATION)
