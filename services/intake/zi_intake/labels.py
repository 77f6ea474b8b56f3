"""What the pages call the values of the API; English here, Indonesian in locale/id.po."""

from collections.abc import Mapping

from zi_rules.period import CalendarDays, CalendarHours, Period, WorkingDays, WorkingHours

STATES: Mapping[str, str] = {
    "filed": "Received",
    "passed_on": "At the certificates desk",
    "acknowledged": "Taken up",
    "assigned": "Being worked on",
    "clarification_asked": "Waiting for your reply",
    "answered": "Answered",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
}
STATES_FOR_OFFICERS: Mapping[str, str] = {**STATES, "clarification_asked": "Waiting for the citizen"}
KINDS: Mapping[str, str] = {
    "product": "Complaint about a product",
    "service": "Complaint about our service",
    "consultation": "Question",
    "ski": "Request for an import letter (SKI)",
    "ske": "Request for an export letter (SKE)",
}
SERIES: Mapping[str, tuple[str, str]] = {
    "ski": ("Import letter (SKI)", "For goods that come into the country"),
    "ske": ("Export letter (SKE)", "For goods that leave the country"),
}
STATES_ELSEWHERE: Mapping[str, str] = {
    "draft": "Being prepared",
    "awaiting_payment": "Waiting for payment",
    "queued": "In the queue",
    "evaluation": "Being evaluated",
    "need_data": "Waiting for your data",
    "approval": "Waiting for a signature",
    "issued_unsealed": "Signed, being sealed",
    "issued": "Issued",
    "rejected": "Rejected",
    "resubmitted": "In the queue again",
    "expired": "Expired",
    "withdrawn": "Withdrawn",
    "suspended": "Suspended",
    "revoked": "Revoked",
    "superseded": "Replaced",
}
COMMODITIES: Mapping[str, str] = {
    "pangan_olahan": "Processed food or drink",
    "obat": "Medicine",
    "obat_tradisional": "Traditional medicine (jamu, herbal)",
    "suplemen_kesehatan": "Health supplement",
    "obat_kuasi": "Quasi medicine (balm, plaster, inhaler)",
    "kosmetik": "Cosmetics",
}
TOPICS: Mapping[str, str] = {
    "registration": "Registering a product",
    "certification": "Certificates and good practice",
    "import_export": "Import and export letters",
    "labelling": "Labels and advertising",
    "product_safety": "Whether a product is safe or genuine",
    "other": "Something else",
}
CATEGORIES: Mapping[str, str] = {**COMMODITIES, **TOPICS}
CONFIDENTIALITY: Mapping[str, tuple[str, str]] = {
    "named": ("With my name", "The officers who handle it can see who you are."),
    "confidential": (
        "In confidence",
        "Your name stays with the officers who handle it and is never told to anybody else.",
    ),
    "anonymous": (
        "Without my name",
        "We don't learn who you are. You follow it, and we talk, with the ticket and the code.",
    ),
}
FILED: Mapping[str, str] = {
    "named": "With the name",
    "confidential": "In confidence",
    "anonymous": "Without a name",
}
CHANNELS: Mapping[str, str] = {"email": "E-mail"}
DELIVERIES: Mapping[str, str] = {
    "requested": "to be sent",
    "handing_over": "being sent",
    "handed_over": "handed to the mail server",
    "uncertain": "may have been sent; it is sent again",
    "deferred": "could not be sent yet; it is tried again",
    "failed": "could not be sent",
}
FAILURES: Mapping[str, str] = {
    "no_address": "could not be sent, because no usable address was left",
    "erased": "could not be sent, because the address was erased",
}
PURPOSES: Mapping[str, str] = {
    "handling": "To handle the case",
    "contact": "To get in touch with the citizen",
    "inspection": "To prepare an inspection",
    "supervision": "To check how the case was handled",
    "evaluation": "To evaluate the application",
}
LETTER_PURPOSES: Mapping[str, str] = {
    "letter": "To write the letter",
    "own_copy": "To show the applicant their own data",
}
AUDIT_PURPOSES: Mapping[str, str] = {
    "audit": "To audit how cases are handled",
    "investigation": "To investigate a report",
    "complaint": "To look into a complaint about the office",
    "court": "For a court or another authority",
    "verification": "To verify the ledger",
}
ERASURES: Mapping[str, str] = {
    "subject_request": "The person asked for it",
    "consent_withdrawn": "The person no longer agrees to the use of the data",
    "no_longer_needed": "The data is no longer needed",
    "unlawfully_processed": "The data was obtained or used unlawfully",
    "lawful_order": "A court or an authority ordered it",
}
REFUSALS: Mapping[str, str] = {
    "not_the_data_subject": "Whoever asked is not the person whose data it is",
    "still_needed": "The data is still needed to deal with the case",
    "legal_hold": "The law demands that the data is kept",
}
OTHER_REASON = "Another reason"
FIELDS: Mapping[str, str] = {
    "text": "What was written",
    "question": "The office's question",
    "reply": "The citizen's reply",
    "answer": "The office's answer",
    "reporter.name": "Name",
    "reporter.email": "E-mail",
    "reporter.phone": "Telephone",
    "product.name": "Name of the product",
    "product.registration_number": "Registration number",
    "product.batch": "Batch",
    "product.expiry": "Expiry date",
    "place.name": "Name of the place",
    "place.address": "Address of the place",
    "place.link": "Link",
    "attachment": "File",
    "company.name": "Name of the company",
    "company.address": "Address of the company",
    "company.nib": "NIB",
    "note": "Note",
    "account.warehouse": "Address of the warehouse",
    "letter.content": "What the letter says",
    "letter.file": "The letter",
}


def delivery(state: str, reason: str | None) -> str:
    return FAILURES.get(reason or "", DELIVERIES.get(state, state))


def period(amount: Period) -> tuple[str, str]:
    """(one, many) with {number}."""
    match amount:
        case WorkingDays():
            return "{number} working day", "{number} working days"
        case WorkingHours():
            return "{number} working hour", "{number} working hours"
        case CalendarDays():
            return "{number} calendar day", "{number} calendar days"
        case CalendarHours():
            return "{number} hour", "{number} hours"
