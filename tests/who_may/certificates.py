"""The commands of certificates, each in its situation."""

from tests.certificates import retaining
from tests.certificates import steps as usual
from tests.certificates.officials import HOUR, KNOWN_FACTS, MONDAY, evaluator, fact, head, named, signer
from tests.certificates.test_account import FLAG, MOVE, OPEN, REFUSE, VERIFY, WIDER
from tests.certificates.test_appointment import APPOINT, END
from tests.certificates.test_exchange import CHARGE, CITIZEN, IMPORT, ISSUE, REVOKE, ROTATE, SUBSCRIBE
from tests.certificates.test_exchange import END as END_WEBHOOK
from tests.certificates.test_master_entry import ADD as ADD_ENTRY
from tests.certificates.test_master_entry import CHANGE as CHANGE_ENTRY
from tests.certificates.test_master_entry import RESTORE, RETIRE
from tests.certificates.test_register import issue
from tests.certificates.test_signatory import ANOTHER, CONFIRM, DECLINE, PRESENT
from tests.who_may.table import Aggregate, Row

from zi_certificates.domain import account
from zi_certificates.domain.application.command_bases import SignersDecision
from zi_certificates.domain.application.commands import (
    FlagConflict,
)
from zi_certificates.domain.impartiality import Appointment
from zi_certificates.messaging.published import (
    accounts,
    applications,
    appointments,
    exchanges,
    imports,
    master_entries,
    registers,
    retentions,
)
from zi_certificates.messaging.signatory_data import signatories

APPLICANT = {"who filed the request": str(named("applicant"))}
EVALUATOR = {"who evaluates it": evaluator().actor}
EVALUATED = {"who has evaluated it": evaluator().actor}
OVERRIDE = {"who asked for it": "supervisor-eka", "whom it is about": "evaluator-ani"}
REFUND = {"who recorded it": "officer-ira"}
OWING = (*usual.SUBMITTED, usual.PAY_LESS)
ACTING = {"who is appointed to sign now": "officer-gita"}
PLH = Appointment(event=named("plh"), official="officer-gita", begins=MONDAY, ends=MONDAY + HOUR)
HINDERED_PLH = PLH.model_copy(update={"official": evaluator().actor})
FLAGGED = fact("evaluator-ani", position=KNOWN_FACTS.integrity + 1)


def acting(command: SignersDecision) -> SignersDecision:
    return command.model_copy(update={"appointment": PLH})


APPLICATION = Aggregate(
    "certificates",
    applications,
    (
        Row(usual.DRAFT, people=APPLICANT),
        Row(usual.CHANGE, usual.DRAFTED, APPLICANT),
        Row(usual.SUBMIT, usual.DRAFTED, APPLICANT),
        Row(usual.PAY, usual.SUBMITTED, APPLICANT),
        Row(usual.REFUND, (*usual.SUBMITTED, usual.PAY_LESS), APPLICANT),
        Row(usual.REPORT_REFUND, OWING, APPLICANT),
        Row(usual.CONFIRM_REFUND, (*OWING, usual.REPORT_REFUND), APPLICANT | REFUND),
        Row(usual.DECLINE_REFUND, (*OWING, usual.REPORT_REFUND), APPLICANT | REFUND),
        Row(usual.FURTHER, (*usual.PAID, usual.REVERSE), APPLICANT),
        Row(usual.TAKE, usual.PAID, APPLICANT),
        Row(usual.RELEASE, usual.TAKEN, EVALUATOR),
        Row(usual.HAND_OVER, usual.TAKEN, EVALUATOR),
        Row(usual.ASK, usual.TAKEN, EVALUATOR),
        Row(usual.SEND, (*usual.NEED_DATA, usual.CHANGE), APPLICANT | EVALUATOR),
        Row(usual.PASS, usual.TAKEN, EVALUATOR),
        Row(usual.REJECT, usual.TAKEN, EVALUATOR),
        Row(usual.RESUBMIT, usual.REJECTED, APPLICANT | EVALUATED),
        Row(acting(usual.SEND_BACK), usual.PASSED, EVALUATED | ACTING),
        Row(acting(usual.SIGN), usual.PASSED, APPLICANT | EVALUATED | ACTING),
        Row(usual.NUMBER, usual.SIGNED, EVALUATED),
        Row(
            usual.SIGN_PERSONALLY,
            usual.WANTED,
            EVALUATED | {"who signed for it": usual.SIGN_PERSONALLY.by.actor},
        ),
        Row(usual.LAPSE, usual.SIGNED_PERSONALLY, EVALUATED),
        Row(usual.SEAL, usual.NUMBERED, EVALUATED),
        Row(usual.RENEW, usual.ISSUED, EVALUATED),
        Row(acting(usual.SUSPEND), usual.ISSUED, EVALUATED | ACTING),
        Row(acting(usual.REINSTATE), (*usual.ISSUED, usual.SUSPEND), EVALUATED | ACTING),
        Row(acting(usual.REVOKE), usual.ISSUED, EVALUATED | ACTING),
        Row(usual.CALL, usual.ISSUED, APPLICANT | EVALUATED),
        Row(usual.SUPERSEDE, usual.ISSUED, EVALUATED),
        Row(usual.UNPAID, usual.SUBMITTED, APPLICANT),
        Row(usual.REMIND_PAYMENT, usual.SUBMITTED, APPLICANT),
        Row(usual.LATE, usual.TAKEN, APPLICANT | EVALUATOR),
        Row(usual.WITHDRAW, usual.PAID, APPLICANT),
        Row(usual.ASK_OVERRIDE, usual.PAID, {"whom it is about": "evaluator-ani"}),
        Row(usual.APPROVE_OVERRIDE, (*usual.PAID, usual.ASK_OVERRIDE), OVERRIDE),
        Row(usual.REFUSE_OVERRIDE, (*usual.PAID, usual.ASK_OVERRIDE), OVERRIDE),
        Row(
            FlagConflict(by=usual.FLAG.by, fact=FLAGGED),
            usual.PASSED,
            {"whom it is about": "evaluator-ani"},
        ),
    ),
)
BY_CODE = OPEN.model_copy(
    update={"by": OPEN.by.model_copy(update={"role": "public", "actor": str(OPEN.data_subject)})}
)
IN_CHARGE = {"the person in charge": str(OPEN.data_subject)}
ACCOUNT = Aggregate(
    "certificates",
    accounts,
    (
        Row(OPEN, people=IN_CHARGE),
        Row(account.Change(by=OPEN.by, details=WIDER), (OPEN,), IN_CHARGE | {"who opened it": OPEN.by.actor}),
        Row(MOVE, (BY_CODE,), IN_CHARGE | {"the next in charge": str(MOVE.data_subject)}),
        Row(VERIFY, (OPEN,), IN_CHARGE | {"who opened it": OPEN.by.actor}),
        Row(REFUSE, (BY_CODE,), IN_CHARGE),
        Row(FLAG, (BY_CODE, VERIFY), {"whom it is about": evaluator().actor}),
    ),
)
APPOINTMENT = Aggregate(
    "certificates",
    appointments,
    (
        Row(APPOINT, people={"who is appointed": APPOINT.official}),
        Row(END, (APPOINT,), {"who is appointed": APPOINT.official, "who appointed": head().actor}),
    ),
)
SIGNATORY = Aggregate(
    "certificates",
    signatories,
    (
        Row(PRESENT, people={"whose certificate it is": PRESENT.by.actor}),
        Row(CONFIRM, (PRESENT, ANOTHER), {"whose certificate it is": PRESENT.by.actor}),
        Row(DECLINE, (PRESENT, ANOTHER), {"whose certificate it is": PRESENT.by.actor}),
    ),
)
REGISTER = Aggregate("certificates", registers, (Row(issue(), people={"who signed": signer().actor}),))
MASTER_ENTRY = Aggregate(
    "certificates",
    master_entries,
    (
        Row(ADD_ENTRY),
        Row(CHANGE_ENTRY, (ADD_ENTRY,)),
        Row(RETIRE, (ADD_ENTRY,)),
        Row(RESTORE, (ADD_ENTRY, RETIRE)),
    ),
)
RETENTION = Aggregate(
    "certificates",
    retentions,
    (
        Row(retaining.HOLD, people=APPLICANT),
        Row(
            retaining.LIFT,
            (retaining.HOLD,),
            {
                "who holds the data": retaining.HOLD.by.actor,
                "who decided in it or has an interest": "head-dewi",
            },
        ),
        Row(retaining.END, people={"who decided in it or has an interest": "supervisor-eka"}),
    ),
)
HOLDER = {"the person in charge": str(CHARGE.data_subject), "who opened the account": CITIZEN.actor}
EXCHANGE = Aggregate(
    "certificates",
    exchanges,
    (
        Row(ISSUE, people=HOLDER),
        Row(REVOKE, (ISSUE,), HOLDER),
        Row(SUBSCRIBE, people=HOLDER),
        Row(ROTATE, (SUBSCRIBE,), HOLDER),
        Row(END_WEBHOOK, (SUBSCRIBE,), HOLDER),
    ),
)
IMPORTED = Aggregate("certificates", imports, (Row(IMPORT, people=HOLDER),))
AGGREGATES = (
    *(APPLICATION, ACCOUNT, APPOINTMENT, SIGNATORY, REGISTER),
    *(MASTER_ENTRY, RETENTION, EXCHANGE, IMPORTED),
)
