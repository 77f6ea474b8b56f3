"""The commands of notify, of audit, and of what every service has."""

from tests.audit import test_access, test_anomaly
from tests.chassis import test_configuration
from tests.notify.domain import test_channel_switch as switch
from tests.notify.domain import test_delivery as usual
from tests.notify.domain import test_gateway_delivery as by_gateway
from tests.notify.domain import test_printed_letter as printed
from tests.notify.domain import test_recipient as readers
from tests.who_may.table import Aggregate, Row

from zi_audit.domain.adoption import AdoptPolicy
from zi_audit.domain.anomaly import AcknowledgeAnomaly, NoteBreak
from zi_audit.domain.continuation import Continue, ForeignMessage
from zi_audit.domain.rotation import NoteRotation
from zi_audit.domain.saved_query import SaveQuery
from zi_audit.messaging.published import adoption, anomaly, continuation, looks, rotation, saved_queries
from zi_chassis.bus.lanes import PassOver, Skip, lane
from zi_chassis.storage.configuration import configurations
from zi_notify.domain import delivery
from zi_notify.messaging.published import decider, letters, recipients, switches

BY = test_anomaly.BY
BEGUN = (usual.request, usual.begin(1))
DELIVERY = Aggregate(
    "notify",
    decider,
    (
        Row(usual.request),
        Row(usual.begin(1), (usual.request,)),
        Row(usual.taken(1), BEGUN),
        Row(usual.not_taken(1, "temporary"), BEGUN),
        Row(delivery.ReportNotReachable(by=usual.BY, reason_class="no_address"), (usual.request,)),
        Row(usual.hold, (usual.request,)),
        Row(usual.postpone, (usual.request,)),
        Row(usual.withhold("stopped"), (usual.request,)),
        Row(delivery.DoubtAttempt(by=usual.BY, attempt=1), BEGUN),
        Row(by_gateway.receipt("delivered"), (usual.request, by_gateway.begin(1, "first"))),
    ),
)
RECIPIENT = Aggregate(
    "notify",
    recipients,
    (
        Row(readers.ask(readers.FIRST)),
        Row(readers.confirm, (readers.ask(readers.FIRST),)),
        Row(readers.stop, (readers.ask(readers.FIRST),)),
        Row(readers.daily),
    ),
)
SWITCH = Aggregate("notify", switches, (Row(switch.turn_off), Row(switch.turn_on, (switch.turn_off,))))
LETTER = Aggregate(
    "notify",
    letters,
    (
        Row(printed.queue),
        Row(printed.settle("posted"), (printed.queue,)),
        Row(printed.drop, (printed.queue,)),
    ),
)
LOOK = Aggregate(
    "audit",
    looks,
    (
        Row(test_access.look()),
        Row(test_access.count(entries=3), (test_access.look(),), {"who looked": test_access.look().by.actor}),
    ),
)
QUERY = Aggregate("audit", saved_queries, (Row(SaveQuery(by=BY, name="late", parameters=())),))
FOREIGN = ForeignMessage(sequence=8, hash="b" * 64, index=7)
GO_ON = Continue(
    by=BY,
    sender="/zi/office/intake",
    after_position=4,
    head="4" * 64,
    messages=(FOREIGN,),
    reason="forged",
    acknowledged_by={8: frozenset({"who-looked"})},
)
BREAK = Aggregate(
    "audit",
    anomaly,
    (
        Row(NoteBreak.model_validate(test_anomaly.GAP)),
        Row(AcknowledgeAnomaly(by=BY, sender="/zi/office/intake", index=7, hash="b" * 64, reason="forged")),
    ),
)
CONTINUATION = Aggregate("audit", continuation, (Row(GO_ON, people={"who acknowledged it": "who-looked"}),))
ADOPTION = Aggregate(
    "audit", adoption, (Row(AdoptPolicy(by=BY, origin=test_anomaly.ORIGIN, policy="log a")),)
)
ROTATION = Aggregate("audit", rotation, (Row(NoteRotation(by=BY, old_vkey="a+1+b", new_vkey="a+2+c")),))
LANE = Aggregate(
    "every service",
    lane,
    (
        Row(Skip(by=BY, sender="intake", position=7, hash="a" * 64, reason="unreadable")),
        Row(PassOver(by=BY, sender="intake", first=7, last=7, count=1, digest="a" * 64)),
    ),
)
CONFIGURATIONS = Aggregate(
    "every service",
    configurations,
    (
        Row(test_configuration.take_up(test_configuration.calendar(), is_first=True)),
        Row(test_configuration.announce(test_configuration.DECREE)),
        Row(
            test_configuration.take_back(test_configuration.DECREE),
            (test_configuration.announce(test_configuration.DECREE),),
        ),
    ),
)
AGGREGATES = (
    DELIVERY,
    RECIPIENT,
    SWITCH,
    LETTER,
    LOOK,
    QUERY,
    BREAK,
    CONTINUATION,
    ADOPTION,
    ROTATION,
    LANE,
    CONFIGURATIONS,
)
