"""The names of the API's values on the pages: English here, Indonesian in locale/id.po."""

from collections.abc import Mapping
from dataclasses import dataclass

from zi_contracts import event_words
from zi_contracts.event_words import EventText
from zi_intake.read.desk_lists import CaseQueue
from zi_rules.period import period as period

# Where BPOM tells of every product of the country whether its number exists.
CHECK_PRODUCT = "https://cekbpom.pom.go.id/"

STATES: Mapping[str, str] = {
    "filed": "Received",
    "passed_on": "At another desk",
    "acknowledged": "Taken up",
    "assigned": "Being worked on",
    "clarification_asked": "Waiting for your reply",
    "answered": "Answered",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
}
# What a citizen just did, by the event that it became.
DONE: Mapping[str, str] = {
    "citizen_replied": "Your reply has arrived. The officer who asked sees it now.",
    "case_reopened": "The case is open again. We work on it from here.",
    "attachment_added": "Your file has arrived and is with the case.",
    "business_number_given": "The number of the business has arrived.",
    "words_added": "Your words have arrived and are with the case.",
    "answer_rated": "Thank you for your rating.",
    "web_push_agreed": "Notices about this case are on in this browser.",
    "web_push_ended": "No browser gets notices about this case any more.",
    "code_replacement_stopped": "No new codes are made for this case any more.",
}
# After a file that came without words, in the states in which it changes nothing by itself.
FILE_ALONE: Mapping[str, str] = {
    "clarification_asked": "Your file has arrived. A file alone is no reply: write one as well, or the case is closed.",
    "answered": "Your file has arrived. We have answered already: reopen the case if we should look at the file.",
}
STATES_FOR_OFFICERS: Mapping[str, str] = {**STATES, "clarification_asked": "Waiting for the citizen"}
KINDS: Mapping[str, str] = {
    "product": "Complaint about a product",
    "service": "Complaint about our service",
    "consultation": "Question",
    "information": "Request for public information",
    "suggestion": "Suggestion",
    "ski": "Request for an import letter (SKI)",
    "ske": "Request for an export letter (SKE)",
    "mentoring": "Request to be mentored",
}
# What a case is called in the middle of a sentence, by its kind.
MATTERS: Mapping[str, str] = {
    "product": "complaint",
    "service": "complaint",
    "consultation": "question",
    "suggestion": "suggestion",
}
# What the standards of this service are about.
SERVICES: Mapping[str, str] = {
    "complaint": "Complaints",
    "consultation": "Questions",
    "public_information": "Public information",
}
# What became of a request, in the register.
REGISTER_OUTCOMES: Mapping[str, str] = {
    "open": "Still open",
    "given": "Answered",
    "refused": "Refused",
    "objected": "An objection waits",
    "rejected": "Objection rejected, no answer before it",
    "ended": "Closed without an answer",
}
OBJECTION_NAMES: Mapping[str, str] = {"upheld": "found right", "rejected": "rejected"}
OBJECTION_OUTCOMES: Mapping[str, str] = {
    "upheld": "The objection is right: the decision gives the information, or says what follows",
    "rejected": "The objection is rejected",
}
REQUEST = "request"
WORKPLACES: Mapping[str, str] = {
    "home": "In the house where we live",
    "separate": "In a room or building of its own",
}
SERIES: Mapping[str, tuple[str, str]] = {
    "ski": ("Import letter (SKI)", "For goods that come into the country"),
    "ske": ("Export letter (SKE)", "For goods that leave the country"),
}


@dataclass(frozen=True)
class DeskTexts:
    """The texts for the citizen about a case that another desk works on."""

    worked_on: str
    begin: str
    next: str
    link: str
    whoever_has_both: str
    erasure: str


# By the service of the desk.
DESKS: Mapping[str, DeskTexts] = {
    "certificates": DeskTexts(
        worked_on="This is worked on at the certificates desk",
        begin="Say there what the letters are for, add the documents and submit the application.",
        next="Say at the certificates desk what the letters are for, add the documents and submit the application.",
        link="To the application",
        whoever_has_both="Whoever has ticket and code can see and change the application.",
        erasure="The personal data of a request for letters is erased on a lawful demand only: a court or an authority ordered it, or it was used unlawfully. Tell an officer the ticket; a second official decides.",
    ),
    "umkm": DeskTexts(
        worked_on="This is worked on at the mentoring desk",
        begin="Look there what comes next and what it costs. A mentor takes your request up and gets in touch with you.",
        next="A mentor takes your request up and gets in touch with you. At the mentoring desk you see what comes next.",
        link="To the mentoring",
        whoever_has_both="Whoever has ticket and code can see and change what you say there.",
        erasure="Ask an officer and give the ticket. A second official decides, and names, contacts, words and files become unreadable for good. The mentoring ends with that. The steps stay in the ledger, without them.",
    ),
}
# No state of one desk has the code of one of the other.
APPLICATION_STATES = event_words.states("certificates")
MENTORING_STATES = event_words.states("umkm")
STATES_ELSEWHERE: Mapping[str, EventText] = {**APPLICATION_STATES, **MENTORING_STATES}
# The colour of a state that is nobody's turn; green is for what ended well.
BADGES: Mapping[str, str] = {"closed": "done", "withdrawn": "plain"}
BADGES_ELSEWHERE: Mapping[str, str] = {
    "issued": "done",
    "graduated": "done",
    "closed": "plain",
    "expired": "plain",
    "withdrawn": "plain",
    "superseded": "plain",
    "dormant": "late",
    "suspended": "late",
    "revoked": "late",
}
# The lists of the desk: what they are called, and what the count of one says.
QUEUES: Mapping[CaseQueue, str] = {
    "mine": "My work",
    "waiting": "Waiting for me",
    "acknowledge": "To be taken up",
    "late": "Late",
    "free": "Nobody's yet",
    "team": "My colleagues' work",
    "open": "All open cases",
    "erasure": "Erasure to be decided",
    "closed": "Closed and withdrawn",
    "all": "All cases",
    "passed_on": "At another desk",
}
# What became of cases, in statistics.
OUTCOMES: Mapping[str, str] = {
    "open": "Still open",
    "resolved": "Closed: dealt with",
    "no_reaction": "Closed: no reaction to the answer",
    "not_completed": "Closed: the citizen did not reply",
    "withdrawn": "Withdrawn",
    "erased": "Ended by an erasure",
    "referred": "Referred to another body",
    "refused": "Information refused, with a reason",
}
# How cases came in; `own` are those that citizens filed themselves.
ROADS: Mapping[str, str] = {
    "own": "By this page, or by a program",
    "counter": "At the counter",
    "phone": "By telephone",
    "message": "By a message or a letter",
    "lapor": "By LAPOR!",
    "system": "From another system",
}
VISIT_OUTCOMES: Mapping[str, str] = {
    "as_reported": "It was as reported",
    "not_as_reported": "It was not as reported",
    "nothing_found": "Nothing was found",
    "closed": "The place was closed",
    "refused_entry": "Entry was refused",
}
PUBLICATION_DAYS: Mapping[str, str] = {
    "7": "For a week",
    "30": "For 30 days",
    "90": "For 90 days",
}
PUBLICATION_ENDINGS: Mapping[str, str] = {
    "over": "The matter is over",
    "mistaken": "The reports are not about one matter",
    "wording": "The words are not right",
}
# Where people work.
PLACES: Mapping[str, tuple[str, str]] = {
    "/certificates/desk/": (
        "Certificates desk",
        "Import and export letters: evaluating, signing, the register",
    ),
    "/umkm/desk/": ("Mentoring desk", "Small food businesses: visits, what was put right, permits"),
    "/certificates/": ("Import and export letters", "The applications of your company"),
    "/umkm/": ("Help for food makers", "The mentoring of your business"),
    "/audit/": ("The ledger", "Searching it, following a case, taking evidence along"),
    "/notify/desk/letters": (
        "Letters to print",
        "For people whom no message reaches: print, send, say so",
    ),
    "/notify/desk/channels": (
        "Channels",
        "Switching e-mail, SMS and WhatsApp off and on; the texts of messages",
    ),
    "/notify/desk/deliveries": ("Deliveries", "How far each message to citizens and officials came"),
}
COMMODITIES: Mapping[str, str] = {
    "pangan_olahan": "Processed food or drink",
    "obat": "Medicine",
    "obat_tradisional": "Traditional medicine (jamu, herbal)",
    "suplemen_kesehatan": "Health supplement",
    "obat_kuasi": "Quasi medicine (balm, plaster, inhaler)",
    "kosmetik": "Cosmetics",
}
ELSEWHERE: Mapping[str, str] = {
    "outside_province": "Outside this province",
    "online": "On the internet (the place is not known)",
}
COMPLAINT_KINDS: Mapping[str, tuple[str, str]] = {
    "product": ("A product", "Unregistered, fake, expired, spoiled, misleading, made somebody ill"),
    "service": ("Our service", "How long it took, what it cost, how you were served"),
}
APPOINTED_HINT = "Only appointed people see it. Read below where else you can go."
NOT_KNOWN = "I don't know"
SWITCHES: Mapping[str, tuple[str, str]] = {
    "anonymous": (
        "Without my name (anonymous)",
        "We don't ask who you are and can't write to you. What you write is read all the same: leave out what only you can know. You follow it with the ticket and the code; a lost code can't be replaced, because we don't know whom to give it to.",
    ),
    "confidential": (
        "In confidence",
        "Only the official who handles it reads your name and words. Anybody else in the office needs a reason and a second person who agrees, and you see it. That the case exists, its kind and its district are not hidden from them.",
    ),
}
DISCLOSURE_REASONS: Mapping[str, str] = {
    "take_over": "To handle the case",
    "supervision": "To check how the case was handled",
    "inspection": "To prepare an inspection",
    "service_complaint": "To look into a complaint about the office",
    "audit": "To audit how cases are handled",
    "investigation": "To investigate a report",
    "court": "For a court or another authority",
}
ADDED_WORDS: Mapping[str, str] = {
    "addition": "Add something",
    "correction": "Correct what I wrote",
    "objection": "Object to how it is handled",
}
RATINGS: Mapping[str, str] = {"helped": "Yes", "partly": "In part", "no_help": "No"}
CHANNELS: Mapping[str, str] = {
    "email": "E-mail",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "web_push": "Browser",
    "letter": "Letter",
}
DELIVERIES: Mapping[str, str] = {
    "requested": "to be sent",
    "handing_over": "being sent",
    "handed_over": "handed over for sending",
    "uncertain": "may have been sent; it is sent again",
    "deferred": "could not be sent yet; it is tried again",
    "failed": "could not be sent",
    "unconfirmed": "not sent: the address is not confirmed yet",
    "postponed": "is sent tomorrow, because many new addresses were written to today",
    "withheld": "not sent",
    "delivered": "arrived on the telephone",
    "undelivered": "sent, but it did not arrive on the telephone",
    "letter_queued": "is printed and sent by post",
    "letter_posted": "sent by post",
    "letter_came_back": "sent by post, and came back to the office",
    "letter_no_postal_address": "not sent by post, because there is no postal address",
    "letter_reached_otherwise": "not sent by post, because its reader was reached otherwise",
    "letter_erased": "not sent by post, because the address was erased",
}
FAILURES: Mapping[str, str] = {
    "no_address": "could not be sent, because no usable address was left",
    "erased": "could not be sent, because the address was erased",
    "gone": "could not be sent, because the browser takes no notices any more",
    "no_channel": "could not be sent, because the office does not use this way any more",
    "stopped": "not sent, because the reader of the address stopped all mail",
    "recipient_limit": "not sent, because the address had many mails on that day",
    "not_theirs": "not sent, because the official may not know of the case any more",
    "outdated": "not sent, because it would have named a day that does not hold any more",
}
PURPOSES: Mapping[str, str] = {
    "handling": "To handle the case",
    "contact": "To get in touch with the citizen",
    "inspection": "To prepare an inspection",
    "supervision": "To check how the case was handled",
    "referral": "To give name and contact to the other body",
    "evaluation": "To evaluate the application",
    "mentoring": "To mentor the business",
}
LETTER_PURPOSES: Mapping[str, str] = {
    "letter": "To write the letter",
    "own_copy": "To show the applicant their own data",
    "prefill": "To fill in an application",
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
# After these the case links to the page about its compensation.
ABOUT_COMPENSATION = (
    "zi.intake.deadline_missed",
    "zi.umkm.deadline_missed",
    "zi.certificates.deadline_missed",
    "zi.integrity.compensation_opened",
)
OTHER_REASON = "Another reason"
FIELDS: Mapping[str, str] = {
    "text": "What was written",
    "question": "The office's question",
    "reply": "The citizen's reply",
    "answer": "The office's answer",
    "triage.reason": "Reason for the time limit",
    "case.note": "Note for colleagues",
    "visit.findings": "Findings of a visit",
    "incident.reason": "Why it belongs to the incident, or does not",
    "referral.text": "The other body was told",
    "draft.reason": "Why the answer was given back",
    "addition": "Added by the citizen",
    "correction": "Corrected by the citizen",
    "objection": "Objection of the citizen",
    "reporter.name": "Name",
    "reporter.email": "E-mail",
    "reporter.phone": "Telephone",
    "reporter.address": "Postal address",
    "product.name": "Name of the product",
    "product.registration_number": "Registration number",
    "product.batch": "Batch",
    "product.expiry": "Expiry date",
    "place.name": "Name of the place",
    "place.address": "Address of the place",
    "place.link": "Link",
    "attachment": "File",
    "information.purpose": "What the information is for",
    "extension.reason": "Why the office needs more time",
    "answer.file": "Document of the answer",
    "company.name": "Name of the company",
    "company.address": "Address of the company",
    "company.nib": "NIB",
    "note": "Note",
    "account.warehouse": "Address of the warehouse",
    "product.composition": "Composition of a product",
    "product.pack": "Packaging of a product",
    "master.name": "Name of a producer or supplier",
    "master.address": "Address of a producer or supplier",
    "master.contact": "Contact person of a producer or supplier",
    "applicant.answer": "Your answer to what the office asked for",
    "letter.content": "What the letter says",
    "letter.file": "The letter",
    "letter.producer": "Producer",
    "letter.consignee": "Consignee",
    "business.name": "Name of the business",
    "business.address": "Address of the business",
    "business.nib": "NIB",
    "business.kbli": "KBLI code",
    "products": "Products",
    "place.kind": "Place of making",
    "nickname": "Name for the office's lists",
    "visit.note": "Note of a visit",
    "action.cause": "Why it was so",
    "action.correction": "What was put right at once",
    "action.plan": "What keeps it from coming back",
}


def delivery(state: str, reason: str | None) -> str:
    return FAILURES.get(reason or "", DELIVERIES.get(state, state))
