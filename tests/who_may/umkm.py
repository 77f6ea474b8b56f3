"""The commands of umkm, each in its situation."""

from tests.umkm import steps as usual
from tests.umkm.domain import test_handover as handover_usual
from tests.umkm.domain import test_letter as letters_usual
from tests.umkm.domain import test_training as trainings_usual
from tests.umkm.domain import test_trip as trips_usual
from tests.umkm.domain import test_visit as visits_usual
from tests.who_may.table import Aggregate, Row

from zi_chassis.domain import Command
from zi_umkm.domain import visit
from zi_umkm.messaging.published import (
    cases,
    handovers,
    letter_files,
    letter_registers,
    trainings,
    trips,
    visits,
)

BUSINESS = {"the business": usual.owner().actor}
MENTOR = {"its mentor": "mentor-ani"}
BOTH = BUSINESS | MENTOR
CODE = {"who has the letter's code": usual.LETTER.number}
AUTHOR = MENTOR | {"who gave the evidence": usual.owner().actor, "who agreed on it": "mentor-dodi"}
SECOND_MENTOR = usual.changed(usual.ASSIGN, by=usual.SUPERVISOR, mentor="mentor-dodi")
ACCOUNT = {"who verified the account": usual.COLLEAGUE.actor}
FOUND = ACCOUNT | {"who found it fit": "evaluator-citra"}
PROPOSER = {"who proposed it": "officer-budi"}
SIGNED_IN = usual.changed(
    usual.REGISTER, by=usual.staff("somebody", "").model_copy(update={"role": "applicant"})
)
OWNER = {"who asked for it signed in": "somebody"}
# The way to a permit with a mentor, for a business that signs in: nothing is done with the code.
TO_APPLY = tuple(
    usual.changed(each, by=usual.mentor()) if each.by.role == "public" else each for each in usual.APPLIED[1:]
)
TO_VERIFY = (
    *(*usual.ASSESSED, SECOND_MENTOR),
    *(usual.changed(usual.AGREE, by=usual.mentor("mentor-dodi")), usual.EVIDENCE),
)

CASE = Aggregate(
    "umkm",
    cases,
    (
        Row(usual.REGISTER, people=BUSINESS),
        Row(usual.RESTATE, usual.ASSIGNED, BOTH),
        Row(usual.IDENTIFY, usual.ASSIGNED, BOTH),
        Row(usual.NAME, usual.ASSIGNED, BOTH),
        Row(usual.REMOVE_NAME, (*usual.ASSIGNED, usual.NAME), BOTH),
        Row(usual.GIVE_CONSENT, usual.ASSIGNED, BOTH),
        Row(usual.WITHDRAW_CONSENT, (*usual.ASSIGNED, usual.GIVE_CONSENT), BOTH),
        Row(usual.ASSIGN, (usual.REGISTER,), BUSINESS | {"who takes it": "mentor-ani"}),
        Row(usual.changed(usual.ASSIGN, by=usual.SUPERVISOR), (SIGNED_IN,), OWNER, "asked for signed in"),
        Row(usual.RESTATE, (SIGNED_IN, usual.ASSIGN), MENTOR | OWNER, "asked for signed in"),
        Row(
            usual.ISSUE,
            (SIGNED_IN, *TO_APPLY, usual.VERIFY_ACCOUNT, usual.FIT),
            MENTOR | OWNER,
            "asked for signed in",
        ),
        Row(usual.VERIFY, (SIGNED_IN, *TO_APPLY[:-2]), MENTOR | OWNER, "asked for signed in"),
        Row(usual.RELEASE, usual.ASSIGNED, BOTH),
        Row(usual.TRIAGE, usual.ASSIGNED, BOTH),
        Row(usual.REFER, (*usual.ASSIGNED, usual.NOT_OURS), BOTH),
        Row(usual.REFER_BY_LETTER, (*usual.ASSIGNED, usual.NOT_OURS), BOTH, "with a sealed letter"),
        Row(usual.RECEIVE, usual.REFERRED_BY_LETTER, BOTH | CODE),
        Row(usual.QUESTION, usual.REFERRED_BY_LETTER, BOTH | CODE),
        Row(usual.REFUSE_REFERRAL, usual.REFERRED_BY_LETTER, BOTH | CODE),
        Row(usual.GIVE_NUMBER, usual.REFERRED_BY_LETTER, BOTH | CODE),
        Row(usual.RENEW_CODE, usual.REFERRED_BY_LETTER, BOTH),
        Row(usual.RETURN, usual.REFERRED, BOTH),
        Row(usual.ADD_DOCUMENT, usual.ASSIGNED, BOTH),
        Row(usual.CHECK_LABEL, usual.TRIAGED, BOTH),
        Row(usual.LABEL_PHOTO, (*usual.TRIAGED, usual.LOOK_AT_LABEL), BOTH),
        Row(usual.CONFIRM_LABEL, (*usual.TRIAGED, usual.LOOK_AT_LABEL), BOTH),
        Row(usual.ASSESS, usual.TRIAGED, BOTH, "after an official's visit"),
        Row(usual.SELF, usual.TRIAGED, BOTH, "after a self-assessment"),
        Row(usual.AGREE, usual.ASSESSED, BOTH),
        Row(usual.EVIDENCE, (*usual.ASSESSED, usual.AGREE), BOTH),
        Row(usual.VERIFY, TO_VERIFY, AUTHOR),
        Row(usual.REOPEN, TO_VERIFY, AUTHOR),
        Row(usual.REMIND, (*usual.ASSESSED, usual.AGREE), BOTH),
        Row(usual.APPLY, usual.CORRECTED, BOTH),
        Row(usual.VERIFY_ACCOUNT, usual.APPLIED, BOTH),
        Row(usual.RETURN_PERMIT, usual.APPLIED, BOTH, "before the account is verified"),
        Row(usual.RETURN_PERMIT, usual.EVALUATED, BOTH, "during the evaluation"),
        Row(usual.RETURN_PERMIT, usual.FOUND_FIT, BOTH, "before it is signed"),
        Row(usual.FIT, usual.EVALUATED, BOTH | ACCOUNT),
        Row(usual.ISSUE, usual.FOUND_FIT, BOTH | FOUND),
        Row(usual.REPORT_LATE_PERMIT, usual.APPLIED, BOTH),
        Row(usual.PROPOSE, usual.PERMITTED, BOTH),
        Row(usual.ANNOUNCE_REVOCATION, usual.PROPOSED, BOTH | PROPOSER),
        Row(usual.DROP, usual.PROPOSED, BOTH | PROPOSER),
        Row(usual.CONTEST, usual.REVOCATION_ANNOUNCED, BOTH),
        Row(usual.CONFIRM_REVOCATION, usual.CONTESTED, BOTH | PROPOSER | {"who decided first": "head-gita"}),
        Row(usual.TAKE_EFFECT, usual.REVOCATION_ANNOUNCED, BOTH),
        Row(usual.REMIND_OF_RENEWAL, usual.PERMITTED_FOR_YEARS, BOTH),
        Row(usual.EXPIRE, usual.PERMITTED_FOR_YEARS, BOTH),
        Row(usual.SEND, usual.PERMITTED, BOTH),
        Row(usual.RETURN_REGISTRATION, usual.SENT, BOTH),
        Row(usual.LATE, usual.NUMBERED, BOTH),
        Row(usual.ASKED_QUESTION, usual.SENT, BOTH),
        Row(usual.ANSWERED_QUESTION, (*usual.SENT, usual.ASKED_QUESTION), BOTH),
        Row(usual.CORRECTED_DAY, (*usual.SENT, usual.ASKED_QUESTION), BOTH, "before the day"),
        Row(
            usual.changed(usual.CORRECTED_DAY, by=usual.mentor(at=usual.MONDAY + 11 * usual.DAY)),
            (*usual.SENT, usual.ASKED_QUESTION, usual.WATCH_LATE),
            BOTH | {"who recorded the day": usual.owner().actor},
            "after the day",
        ),
        Row(usual.WATCH_QUESTION, (*usual.SENT, usual.ASKED_QUESTION), BOTH),
        Row(usual.NUMBER, usual.SENT, BOTH),
        Row(usual.PIRT_NUMBER, usual.REFERRED, BOTH),
        Row(usual.CORRECT, usual.NUMBERED, BOTH),
        Row(usual.CONFIRM, usual.NUMBERED, BOTH),
        Row(usual.CONFIRM_BUSINESS, (*usual.ASSIGNED, usual.IDENTIFY), BOTH),
        Row(usual.ANNOUNCE, usual.ASSIGNED, BOTH),
        Row(usual.CALL_OFF, usual.ASSIGNED, BOTH),
        Row(usual.GRADUATE, (*usual.NUMBERED, usual.CHECK, usual.CONFIRM), BOTH),
        Row(usual.PAUSE, usual.REFERRED, BOTH),
        Row(usual.RESUME, (*usual.REFERRED, usual.PAUSE), BOTH),
        Row(usual.CLOSE, usual.ASSIGNED, BOTH),
        Row(
            usual.changed(usual.CLOSE, reason="data_erased"), usual.ASSIGNED, BOTH, "because data was erased"
        ),
        Row(usual.CLOSE_SILENT, (*usual.REFERRED, usual.PAUSE), BOTH),
    ),
)


def of_visit(begin: visit.BeginVisit, situation: str) -> tuple[Row, ...]:
    second = usual.mentor("mentor-dodi") if begin.assessor == "official" else begin.by
    yes = visits_usual.answer("yes", by=begin.by)
    no = visits_usual.answer("no", "no", by=second)
    signed: tuple[Command, ...] = ()
    if begin.assessor == "official":
        signed = (visits_usual.sign("business", "yes"), visits_usual.sign("office", "yes"))
    begun = (begin, yes, no)
    return (
        Row(begin, (), BOTH, situation),
        Row(visits_usual.answer("later", on="lampu"), begun, BOTH, situation),
        Row(visit.SettleAnswers(by=begin.by, item="fifo", answer=no.answer), begun, BOTH, situation),
        Row(visits_usual.PHOTO, begun, BOTH, situation),
        Row(visits_usual.sign("business", "yes"), begun, BOTH, f"for the business, {situation}"),
        Row(visits_usual.sign("office", "yes"), begun, BOTH, f"for the office, {situation}"),
        Row(visits_usual.FINISH, (begin, yes, *signed), BOTH, situation),
    )


VISIT = Aggregate(
    "umkm",
    visits,
    (
        *of_visit(visits_usual.BEGIN, "an official's visit"),
        *of_visit(visits_usual.SELF, "a self-assessment"),
    ),
)
TRAINING = Aggregate(
    "umkm",
    trainings,
    (
        Row(trainings_usual.PLAN),
        Row(trainings_usual.enrol("c"), (trainings_usual.PLAN,), BUSINESS),
        Row(trainings_usual.came("a", 40, 80), trainings_usual.TWO, BUSINESS),
        Row(trainings_usual.CONCLUDE, trainings_usual.TWO, BUSINESS),
    ),
)
ON_TRIP = {"who planned it": "mentor-ani", "who goes on it": "officer-budi"}
TRIP = Aggregate(
    "umkm",
    trips,
    (
        Row(trips_usual.PLAN),
        Row(trips_usual.change(**trips_usual.ON_LATER), (trips_usual.PLAN, trips_usual.APPROVE), ON_TRIP),
        Row(trips_usual.APPROVE, (trips_usual.PLAN,), ON_TRIP),
        Row(trips_usual.CANCEL, (trips_usual.PLAN,), ON_TRIP),
        Row(trips_usual.HOURS, (trips_usual.PLAN, trips_usual.APPROVE), ON_TRIP),
    ),
)
LETTERS = Aggregate("umkm", letter_registers, (Row(letters_usual.ISSUE),))
FILES = Aggregate(
    "umkm", letter_files, (Row(letters_usual.SEAL), Row(letters_usual.RENEW, (letters_usual.SEAL,)))
)
HANDOVER = Aggregate(
    "umkm",
    handovers,
    (
        Row(handover_usual.DESCRIBE),
        Row(handover_usual.HAND_OVER, (handover_usual.DESCRIBE,)),
        Row(handover_usual.END_HANDOVER, (handover_usual.HAND_OVER,)),
    ),
)
AGGREGATES = (CASE, VISIT, TRAINING, HANDOVER, TRIP, LETTERS, FILES)
