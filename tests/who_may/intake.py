"""Intake's commands, each in its situation."""

from tests.intake import acts
from tests.who_may.table import Aggregate, Row

from zi_intake.domain.data_access_limit import RefuseOpening, access_limit
from zi_intake.domain.publication import publication
from zi_intake.messaging.published import decider

OWNER = {"who filed it": acts.citizen().actor}
SIGNED_IN = acts.mentoring_request().model_copy(
    update={"by": acts.officer("somebody").model_copy(update={"role": "applicant"})}
)
OWN_CASE = {"who filed it signed in": "somebody"}
OFFICER = {"who has the case": "officer-ani"}
ORDERED = acts.ASK_ERASURE.model_copy(update={"reason": "lawful_order"})
ORDERED_BY_SUPERVISOR = ORDERED.model_copy(update={"by": acts.supervisor()})
ERASURE = acts.ASK_ERASURE.model_copy(update={"by": acts.supervisor()})
ASKED_TO_SEE = {"who asked to see it": "officer-cici"}
ASKED_FOR_IT = {"who asked for it": acts.supervisor().actor}

CASE = Aggregate(
    "intake",
    decider,
    (
        Row(acts.complaint(), people=OWNER),
        Row(acts.consultation(), people=OWNER),
        Row(acts.from_system(), situation="that another system enters"),
        Row(
            acts.ACKNOWLEDGE,
            (acts.from_system(),),
            OWNER | {"who keeps its key": "officer-cici", "the system": "call-centre"},
            "of one that another system entered",
        ),
        Row(
            acts.ACKNOWLEDGE,
            acts.ENTERED[:1],
            OWNER | {"who entered it": "officer-wati"},
            "of one that was entered",
        ),
        Row(
            acts.ANSWER, acts.ENTERED, OFFICER | {"who entered it": "officer-wati"}, "of one that was entered"
        ),
        Row(acts.information(), people=OWNER),
        Row(acts.suggestion(), people=OWNER),
        Row(acts.certificate_request(), people=OWNER),
        Row(acts.mentoring_request(), people=OWNER),
        Row(acts.GIVE_NUMBER, acts.MENTORED, OWNER),
        Row(acts.ACKNOWLEDGE, acts.FILED, OWNER),
        Row(acts.ASSIGN, acts.ACKNOWLEDGED, {"who takes it": "officer-ani"}, "of a free case"),
        Row(
            acts.ASSIGN.model_copy(update={"officer": "officer-cici"}),
            acts.ASSIGNED,
            {**OFFICER, "who takes it": "officer-cici"},
            "of another's case",
        ),
        Row(acts.TRIAGE, acts.ACKNOWLEDGED, OWNER, "of a free case"),
        Row(acts.TRIAGE, acts.ASSIGNED, OFFICER, "of another's case"),
        Row(acts.MOVE, acts.FILED, OWNER, "of a free complaint"),
        Row(acts.MOVE, acts.ASSIGNED, OWNER | OFFICER, "of another's complaint"),
        Row(acts.MOVE, acts.CONFIDENTIAL, OWNER | OFFICER, "of a confidential complaint"),
        Row(acts.NOTE, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.ASK, acts.ASSIGNED, OFFICER),
        Row(acts.REPLY, acts.CLARIFICATION_ASKED, OWNER),
        Row(acts.ANSWER, acts.ASSIGNED, OFFICER),
        Row(acts.CLOSE, acts.ANSWERED, OFFICER),
        Row(acts.LINK, acts.ASSIGNED, OFFICER),
        Row(acts.JOIN, acts.FILED, OWNER),
        Row(acts.UNLINK, (*acts.ASSIGNED, acts.LINK), OFFICER),
        Row(acts.VISIT, acts.ASSIGNED, OFFICER),
        Row(acts.REFER, acts.ASSIGNED, OFFICER),
        Row(acts.ALLOW, acts.REFERRED, OWNER | OFFICER),
        Row(acts.APPROVE, acts.DRAFTED, OWNER | {"who wrote it": "officer-ani"}),
        Row(acts.RETURN, acts.DRAFTED, OWNER | {"who wrote it": "officer-ani"}),
        Row(acts.EXTEND, acts.REQUESTED, OFFICER),
        Row(acts.REFUSE, acts.REQUESTED, OFFICER, "that refuses information"),
        Row(acts.REOPEN, (*acts.REQUESTED, acts.ANSWER), OWNER | OFFICER, "of a request for information"),
        Row(acts.DECIDE_OBJECTION, acts.OBJECTED, OWNER | {"who answered": "officer-ani"}),
        Row(acts.OPEN, acts.REQUESTED, OWNER | OFFICER, "of a request for information"),
        Row(acts.UNANSWERED, acts.CLARIFICATION_ASKED, OFFICER),
        Row(acts.SILENT, acts.ANSWERED, OFFICER),
        Row(acts.REOPEN, acts.CLOSED, OWNER | OFFICER),
        Row(acts.WITHDRAW, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.LATE, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.PHOTO, acts.ASSIGNED, OWNER | OFFICER, "to a complaint"),
        Row(acts.PHOTO, acts.PASSED_ON, OWNER, "to a request for letters"),
        Row(acts.PHOTO, acts.MENTORED, OWNER, "to a mentoring"),
        Row(acts.KEEP, acts.PASSED_ON, OWNER, "for letters"),
        Row(acts.KEEP_MENTORING, acts.MENTORED, OWNER, "for a mentoring"),
        Row(acts.ASK_ERASURE, acts.CLOSED, OWNER | OFFICER),
        Row(acts.ADD_WORDS, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.RATE, acts.ANSWERED, OWNER | OFFICER),
        Row(acts.REQUEST_CODE, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.REPLACE_CODE, (*acts.ASSIGNED, acts.REQUEST_CODE), OWNER | OFFICER),
        Row(acts.STOP_CODES, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.AGREE_PUSH, acts.ASSIGNED, OWNER | OFFICER),
        Row(acts.END_PUSH, (*acts.ASSIGNED, acts.AGREE_PUSH), OWNER | OFFICER),
        Row(acts.GIVE_NUMBER, (SIGNED_IN,), OWN_CASE, "filed signed in"),
        Row(acts.OPEN, (SIGNED_IN,), OWN_CASE, "filed signed in"),
        Row(acts.ASK_ERASURE, (SIGNED_IN,), OWN_CASE, "filed signed in"),
        Row(acts.APPROVE_ERASURE, (SIGNED_IN, acts.ASK_ERASURE), OWN_CASE, "filed signed in"),
        Row(acts.APPROVE_ERASURE, (*acts.CLOSED, ERASURE), OWNER | ASKED_FOR_IT),
        Row(acts.REFUSE_ERASURE, (*acts.CLOSED, ERASURE), OWNER | ASKED_FOR_IT),
        Row(
            acts.APPROVE_ERASURE.model_copy(update={"nobody_else": True}),
            (*acts.CLOSED, ERASURE),
            OWNER | ASKED_FOR_IT,
            "that no other supervisor could agree to",
        ),
        Row(
            acts.REFUSE_ERASURE.model_copy(update={"nobody_else": True}),
            (*acts.CLOSED, ERASURE),
            OWNER | ASKED_FOR_IT,
            "that no other supervisor could agree to",
        ),
        Row(ORDERED, acts.FOR_APPOINTED, OWNER | OFFICER, "of one for appointed officials"),
        Row(
            acts.APPROVE_ERASURE,
            (*acts.FOR_APPOINTED, ORDERED_BY_SUPERVISOR),
            OWNER | ASKED_FOR_IT,
            "of one for appointed officials",
        ),
        Row(acts.OPEN, acts.ASSIGNED, OWNER | OFFICER, "of a complaint"),
        Row(
            acts.ASSIGN_BY_SUPERVISOR,
            acts.CONFIDENTIAL[:2],
            OWNER | {"who takes it": "officer-ani"},
            "of a confidential complaint",
        ),
        Row(acts.OPEN, acts.CONFIDENTIAL, OWNER | OFFICER, "of a confidential complaint"),
        Row(
            acts.OPEN.model_copy(update={"by": acts.officer("officer-cici")}),
            (*acts.DISCLOSURE_ASKED, acts.CONSENT),
            OWNER | OFFICER | ASKED_TO_SEE,
            "of a confidential complaint, after a consent",
        ),
        Row(acts.ASK_DISCLOSURE, acts.CONFIDENTIAL, OWNER | OFFICER),
        Row(acts.CONSENT, acts.DISCLOSURE_ASKED, OWNER | OFFICER | ASKED_TO_SEE),
        Row(acts.REFUSE_DISCLOSURE, acts.DISCLOSURE_ASKED, OWNER | OFFICER | ASKED_TO_SEE),
        Row(acts.EXPIRE_DISCLOSURE, acts.DISCLOSURE_ASKED, OWNER | ASKED_TO_SEE),
        Row(acts.ACKNOWLEDGE, acts.FOR_APPOINTED[:1], OWNER, "of a complaint for appointed officials"),
        Row(
            acts.ASSIGN_APPOINTED,
            acts.FOR_APPOINTED,
            OWNER | {"who takes it": "officer-ani"},
            "of one for appointed officials",
        ),
        Row(
            acts.OPEN,
            (*acts.FOR_APPOINTED, acts.ASSIGN_APPOINTED),
            OWNER | OFFICER,
            "of one for appointed officials",
        ),
        Row(
            acts.ASK, (*acts.FOR_APPOINTED, acts.ASSIGN_APPOINTED), OFFICER, "of one for appointed officials"
        ),
        Row(
            acts.ANSWER,
            (*acts.FOR_APPOINTED, acts.ASSIGN_APPOINTED),
            OFFICER,
            "of one for appointed officials",
        ),
        Row(
            acts.CLOSE,
            (*acts.FOR_APPOINTED, acts.ASSIGN_APPOINTED, acts.ANSWER),
            OFFICER,
            "of one for appointed officials",
        ),
        Row(acts.OPEN, acts.PASSED_ON, OWNER, "of a request for letters"),
        Row(acts.OPEN, acts.MENTORED, OWNER, "of a mentoring"),
        Row(acts.COUNT_OPENINGS, (*acts.ASSIGNED, acts.OPEN), {"who looked": "officer-ani"}),
    ),
)
PUBLICATION = Aggregate(
    "intake",
    publication,
    (
        Row(acts.PROPOSE),
        Row(acts.PUBLISH, (acts.PROPOSE,), {"who proposed it": "officer-ani"}),
        Row(acts.END, (acts.PROPOSE, acts.PUBLISH), {"who proposed it": "officer-ani"}),
    ),
)
OPENINGS = Aggregate("intake", access_limit, (Row(RefuseOpening(by=acts.officer(), limit=60)),))
AGGREGATES = (CASE, OPENINGS, PUBLICATION)
