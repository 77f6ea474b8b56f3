"""What pages and bundles say of an entry in plain words: only what its type and its envelope tell, so that a type of tomorrow is
named and not guessed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from zi_audit.domain.question import Holder
from zi_audit.web.looks import Purpose
from zi_chassis.web.language import WITA, msgid
from zi_contracts.registry import MODELS

Count = Callable[..., str]

STEPS: Mapping[str, str] = {
    "zi.intake.complaint_filed": msgid("The citizen filed a complaint."),
    "zi.intake.consultation_filed": msgid("The citizen asked the office a question."),
    "zi.intake.certificate_requested": msgid("The company asked for letters."),
    "zi.intake.mentoring_requested": msgid("A small business asked for mentoring."),
    "zi.intake.business_number_given": msgid("The business gave its business number."),
    "zi.intake.case_acknowledged": msgid("The office took the case up."),
    "zi.intake.case_assigned": msgid("The case was given to an officer."),
    "zi.intake.clarification_asked": msgid("The office asked the citizen for more."),
    "zi.intake.citizen_replied": msgid("The citizen replied."),
    "zi.intake.case_answered": msgid("The office answered."),
    "zi.intake.case_closed": msgid("The case was closed."),
    "zi.intake.case_reopened": msgid("The citizen had the case reopened."),
    "zi.intake.case_withdrawn": msgid("The citizen withdrew the case."),
    "zi.intake.attachment_added": msgid("A file was added."),
    "zi.intake.personal_data_opened": msgid("Personal data of the case were opened."),
    "zi.intake.openings_counted": msgid(
        "It was counted how often the opened personal data were looked at again within an hour."
    ),
    "zi.intake.openings_limited": msgid(
        "An official wanted to open personal data more often than the office allows, and was refused."
    ),
    "zi.intake.data_kept": msgid("A service of the office put data of the case into the vault."),
    "zi.intake.erasure_requested": msgid("The erasure of the personal data was asked for."),
    "zi.intake.erasure_refused": msgid("The erasure of the personal data was refused."),
    "zi.intake.data_subject_erased": msgid("The personal data were erased."),
    "zi.umkm.mentoring_recorded": msgid("An official's mentoring of a business was recorded."),
    "zi.umkm.mentoring_registered": msgid("The business asked to be mentored."),
    "zi.umkm.business_restated": msgid("The business said anew what it is and makes."),
    "zi.umkm.business_identified": msgid("The business has a business number now."),
    "zi.umkm.consent_given": msgid("The business agreed that an application of its own takes over its data."),
    "zi.umkm.consent_withdrawn": msgid("The business withdrew that an application takes over its data."),
    "zi.umkm.products_triaged": msgid("A mentor said which way the products go."),
    "zi.umkm.products_referred": msgid("Products were referred to the health office."),
    "zi.umkm.business_returned": msgid("The business came back from a referral."),
    "zi.umkm.document_added": msgid("A document that the rules ask for was added."),
    "zi.umkm.label_checked": msgid("A mentor checked the label of a product."),
    "zi.umkm.business_assessed": msgid("The premises were assessed."),
    "zi.umkm.action_agreed": msgid("A corrective action was agreed."),
    "zi.umkm.action_evidenced": msgid("Evidence of a corrective action was given."),
    "zi.umkm.action_verified": msgid("A corrective action was verified by somebody else."),
    "zi.umkm.action_reopened": msgid("A corrective action was reopened."),
    "zi.umkm.action_overdue": msgid("A corrective action is overdue."),
    "zi.umkm.permit_applied": msgid("The business applied for its permit (IP CPPOB)."),
    "zi.umkm.permit_returned": msgid("An evaluator gave the application for the permit back."),
    "zi.umkm.permit_issued": msgid("An evaluator had the permit (IP CPPOB) issued."),
    "zi.umkm.registration_sent": msgid("A product was sent to be registered."),
    "zi.umkm.registration_returned": msgid("The registration of a product came back."),
    "zi.umkm.number_obtained": msgid("A product has its registration number."),
    "zi.umkm.business_graduated": msgid("The mentoring reached its end: the business goes on by itself."),
    "zi.umkm.mentoring_paused": msgid("Nothing was heard of the business for long: the mentoring sleeps."),
    "zi.umkm.mentoring_resumed": msgid("The mentoring went on."),
    "zi.umkm.mentoring_closed": msgid("The mentoring was closed."),
    "zi.umkm.visit_begun": msgid("An assessment was begun."),
    "zi.umkm.item_answered": msgid("An item of the checklist was answered."),
    "zi.umkm.answers_settled": msgid("A person decided which of several answers counts."),
    "zi.umkm.photo_added": msgid("A photo was added."),
    "zi.umkm.visit_signed": msgid("One side signed the visit."),
    "zi.umkm.visit_finished": msgid("The assessment was finished."),
    "zi.umkm.training_planned": msgid("A training was planned."),
    "zi.umkm.participant_enrolled": msgid("A business was enrolled in a training."),
    "zi.umkm.attendance_recorded": msgid("A business was at the training."),
    "zi.umkm.training_held": msgid("The training was held."),
    "zi.certificates.account_opened": msgid("The company opened an account."),
    "zi.certificates.account_changed": msgid("The company changed its account."),
    "zi.certificates.account_moved": msgid("Another person took charge of the account."),
    "zi.certificates.account_verified": msgid("An officer verified the account."),
    "zi.certificates.account_refused": msgid("An officer found the account not in order."),
    "zi.certificates.account_flagged": msgid(
        "It became known that an official had decided about the account who should not have."
    ),
    "zi.certificates.application_drafted": msgid("The applicant began an application for letters."),
    "zi.certificates.application_changed": msgid("The applicant changed the application."),
    "zi.certificates.application_submitted": msgid(
        "The applicant submitted the application; it waited for payment."
    ),
    "zi.certificates.application_paid": msgid("The application was paid and came into the queue."),
    "zi.certificates.payment_refused": msgid("A payment came that pays for nothing here."),
    "zi.certificates.application_taken": msgid("An evaluator took the application from the queue."),
    "zi.certificates.application_released": msgid("The evaluator gave the application back to the queue."),
    "zi.certificates.data_asked": msgid("The office asked the applicant for what is missing."),
    "zi.certificates.data_sent": msgid("The applicant sent what was missing."),
    "zi.certificates.evaluation_passed": msgid("An evaluator found the application compliant."),
    "zi.certificates.application_rejected": msgid("An evaluator rejected the application."),
    "zi.certificates.application_resubmitted": msgid("The applicant submitted the application again."),
    "zi.certificates.application_sent_back": msgid("The signer sent the application back to the evaluator."),
    "zi.certificates.letters_signed": msgid("The signer decided to issue the letters."),
    "zi.certificates.certificate_issued": msgid("The register gave a letter its number."),
    "zi.certificates.letter_numbered": msgid("The letter's number was recorded."),
    "zi.certificates.letter_sealed": msgid("The letter was sealed; it is valid."),
    "zi.certificates.letter_suspended": msgid("The letter was suspended."),
    "zi.certificates.letter_reinstated": msgid("The letter became valid again."),
    "zi.certificates.letter_revoked": msgid("The letter was revoked."),
    "zi.certificates.letter_superseded": msgid("Another letter took the place of this one."),
    "zi.certificates.application_expired": msgid("The application expired."),
    "zi.certificates.application_withdrawn": msgid("The applicant withdrew the application."),
    "zi.certificates.override_asked": msgid(
        "It was asked that an official may act although an interest hinders it."
    ),
    "zi.certificates.override_approved": msgid(
        "A second person agreed that the official may act all the same."
    ),
    "zi.certificates.override_refused": msgid("A second person did not agree that the official may act."),
    "zi.certificates.conflict_flagged": msgid(
        "It became known that an official had decided who should not have."
    ),
    "zi.certificates.acting_signer_appointed": msgid("The head appointed an acting signer."),
    "zi.certificates.acting_signer_ended": msgid("The appointment of the acting signer was ended."),
    "zi.integrity.conflict_declared": msgid("An official declared an interest in a business."),
    "zi.integrity.conflict_cleared": msgid("An official's declared interest was cleared."),
    "zi.notify.delivery_requested": msgid("A message was to be sent to the citizen."),
    "zi.notify.delivery_handing_over": msgid("The message was about to be handed to the mail server."),
    "zi.notify.delivery_handed_over": msgid("The mail server took the message."),
    "zi.notify.delivery_uncertain": msgid("Nobody knows whether the mail server took the message."),
    "zi.notify.delivery_deferred": msgid("The message could not be handed over yet."),
    "zi.notify.delivery_failed": msgid("The message could not be delivered."),
    "zi.notify.delivery_unconfirmed": msgid(
        "The message was not sent, because the address is not confirmed."
    ),
    "zi.notify.delivery_postponed": msgid(
        "The message waits for another day, because many new addresses were written to."
    ),
    "zi.notify.delivery_withheld": msgid(
        "The message was not sent: mail to the address was stopped, or it had enough on that day."
    ),
    "zi.notify.recipient_asked": msgid("An address was about to be asked for its confirmation."),
    "zi.notify.recipient_confirmed": msgid("The reader of an address confirmed it."),
    "zi.notify.recipient_stopped": msgid("The reader of an address stopped all mail to it."),
    "zi.audit.chain_break_found": msgid("A break in a sender's chain was found."),
    "zi.audit.anomaly_acknowledged": msgid("An operator acknowledged an anomaly in the ledger."),
    "zi.audit.sender_continued": msgid(
        "An operator declared entries in a sender's stream as forged, and the sender goes on without them."
    ),
    "zi.audit.looked": msgid("An auditor looked."),
    "zi.audit.looks_counted": msgid("Further looks of an auditor were counted."),
    "zi.audit.query_saved": msgid("An auditor saved a query."),
    "zi.audit.log_key_rotated": msgid("The ledger's signing key was replaced."),
    "zi.audit.witness_policy_adopted": msgid("The ledger's keys, witnesses and quorum were recorded."),
}
SERVICES: Mapping[str, str] = {
    "intake": msgid("Front desk"),
    "certificates": msgid("Import and export letters"),
    "umkm": msgid("Mentoring of small businesses"),
    "integrity": msgid("Integrity zone"),
    "notify": msgid("Mail to citizens"),
    "audit": msgid("The ledger"),
}
SKIPPED = msgid("An operator passed over a message that could not be handled.")
EVERY_SERVICE: Mapping[str, str] = {
    "message_skipped": SKIPPED,
    "foreign_messages_passed_over": msgid(
        "Messages that this service never sent stood in its stream; everybody passes over them."
    ),
    "configuration_adopted": msgid(
        "Rules, a calendar, a form, texts or a key came into use, in this version."
    ),
    "configuration_withdrawn": msgid(
        "Rules, a calendar, a form, texts or a key are used for nothing new any more."
    ),
}
OTHERWISE = msgid("An entry of another kind: see its type.")
ROLES: Mapping[str, str] = {
    "public": msgid("citizen"),
    "applicant": msgid("applicant"),
    "staff:officer": msgid("officer"),
    "staff:supervisor": msgid("supervisor"),
    "staff:mentor": msgid("mentor"),
    "staff:evaluator": msgid("evaluator"),
    "staff:signer": msgid("signer"),
    "staff:head": msgid("head of the office"),
    "staff:auditor": msgid("auditor"),
    "staff:ops": msgid("operator"),
    "system:intake": msgid("front desk (program)"),
    "system:certificates": msgid("import and export letters (program)"),
    "system:umkm": msgid("mentoring of small businesses (program)"),
    "system:notify": msgid("mail (program)"),
    "system:audit": msgid("ledger (program)"),
}
HOLDERS: Mapping[Holder, str] = {
    "office": msgid("waited for the office"),
    "citizen": msgid("waited for the citizen"),
}
PASSED = msgid("passed")
PURPOSES: Mapping[Purpose, str] = {
    Purpose.AUDIT: msgid("To audit how cases are handled"),
    Purpose.INVESTIGATION: msgid("To investigate a report"),
    Purpose.COMPLAINT: msgid("To look into a complaint about the office"),
    Purpose.COURT: msgid("For a court or another authority"),
    Purpose.VERIFICATION: msgid("To verify the ledger"),
}
REASONS: Mapping[str, str] = {
    "regression": msgid("The ledger's database is older than what was published: a backup was restored."),
    "second_writer": msgid("A second writer worked on the ledger."),
    "disk_full": msgid("The disk is full."),
    "clock_backwards": msgid("The clock went backwards."),
    "key_changed": msgid("The signing key is not the ledger's."),
    "damaged": msgid("A file of the ledger is not what was written."),
    "unconfirmed": msgid("No witness has confirmed yet what the ledger signed last."),
    "contradicted": msgid("A witness knows another history of this ledger."),
    "failure": msgid("The ledger could not be written."),
}
FAULTS: Mapping[str, str] = {
    "silent": msgid("it does not answer"),
    "unknown_log": msgid("it does not watch this ledger"),
    "refused": msgid("it refuses"),
    "unusable": msgid("its answer can't be used"),
    "conflict": msgid("it knows another history of this ledger"),
    "ahead": msgid("it has seen more entries than this ledger has"),
}
BREAKS: Mapping[str, str] = {
    "unreadable": msgid("not a message"),
    "unknown_sender": msgid("from an unknown sender"),
    "wrong_lane": msgid("under the name of another service"),
    "wrong_type": msgid("an event that is another service's to tell"),
    "missing": msgid("messages before it are missing"),
    "altered": msgid("does not fit the message before it"),
    "out_of_order": msgid("came after its turn"),
    "repeated": msgid("was there before"),
    "forged": msgid("declared forged by a person"),
}

OFFICIAL = msgid("official")
ANY_ANOMALY = msgid("anything wrong")
WEEKDAYS = (
    msgid("Monday"),
    msgid("Tuesday"),
    msgid("Wednesday"),
    msgid("Thursday"),
    msgid("Friday"),
    msgid("Saturday"),
    msgid("Sunday"),
)

SLACK = 5.0  # seconds that the clocks and lanes of two services may be apart without a word about it


def exact(at: datetime) -> tuple[str, str]:
    """Day and time to the second, where the office is."""
    there = at.astimezone(WITA)
    return there.strftime("%Y-%m-%d"), there.strftime("%H:%M:%S WITA")


def step(type: str | None) -> str:
    """The sentence for an entry of this type."""
    event = (type or "").rpartition(".")[2]
    return EVERY_SERVICE.get(event) or STEPS.get(type or "", OTHERWISE)


def by_service() -> Mapping[str, Mapping[str, str]]:
    """The types that are published with their sentences, by the service that tells them."""
    services: dict[str, dict[str, str]] = {service: {} for service in SERVICES}
    for type in MODELS:
        services.setdefault(type.split(".")[1], {})[type] = step(type)
    return services


def is_known(type: str) -> bool:
    return type in MODELS


def duration(seconds: float, ngettext: Count) -> str:
    """Its two largest units."""
    days, rest = divmod(max(timedelta(seconds=round(seconds)), timedelta()), timedelta(days=1))
    hours, minutes, left = rest.seconds // 3600, rest.seconds // 60 % 60, rest.seconds % 60
    said = [
        (days, ngettext("{number} day", "{number} days", days)),
        (hours, ngettext("{number} hour", "{number} hours", hours)),
        (minutes, ngettext("{number} minute", "{number} minutes", minutes)),
        (left, ngettext("{number} second", "{number} seconds", left)),
    ]
    first = next((place for place, (number, _) in enumerate(said) if number), len(said) - 1)
    return " ".join(text for number, text in said[first : first + 2] if number or first == len(said) - 1)
