"""Labels of states, steps and roles on the pages; English here, Indonesian in locale/id.po; kinds, goods, documents and reasons have
their names in the rule data.
"""

from collections.abc import Mapping

from zi_contracts import event_words
from zi_contracts.event_words import EventText
from zi_rules.period import period as period

STATES: Mapping[str, EventText] = event_words.states("certificates")
STATES_FOR_OFFICERS: Mapping[str, str | EventText] = {
    **STATES,
    "need_data": "Waiting for the applicant's data",
}
STANDINGS: Mapping[str, str] = {
    "valid": "Valid",
    "suspended": "Suspended",
    "superseded": "Replaced",
    "revoked": "Revoked",
}
CHECKS: Mapping[str, str] = {
    "waiting": "To be verified",
    "verified": "Verified",
    "refused": "Not in order",
}
SERIES: Mapping[str, str] = {"ski": "Import letter (SKI)", "ske": "Export letter (SKE)"}
ROLES: Mapping[str, str] = {
    "applicant": "The applicant",
    "public": "The applicant",
    "staff:evaluator": "An evaluator",
    "staff:signer": "The signer",
    "staff:head": "The head of the office",
    "staff:supervisor": "A supervisor",
    "staff:officer": "An officer",
}
SYSTEM = "The system"
OFFICIAL = "An official"
BADGES: Mapping[str, str] = {
    "issued": "done",
    "expired": "plain",
    "withdrawn": "plain",
    "superseded": "plain",
    "suspended": "late",
    "revoked": "late",
}
BADGES_OF_LETTERS: Mapping[str, str] = {"valid": "done", "suspended": "late", "revoked": "late"}

# What a product and an application consist of, as the columns of the list are named.
FIELDS: Mapping[str, str] = {
    "product": "Name of the product",
    "registration_number": "Registration number",
    "hs_code": "HS code",
    "batch": "Batch",
    "manufactured": "Date of manufacture",
    "expires": "Expiry date",
    "quantity": "Quantity",
    "unit": "Unit",
    "pack": "Pack",
    "country": "Country",
    "port": "Port",
    "invoice": "Number of the invoice",
    "transport_document": "Number of the transport document",
    "analysis": "Certificate of analysis (CoA)",
    "analysis.dated": "CoA: date",
    "analysis.batch": "CoA: batch",
    "analysis.manufactured": "CoA: date of manufacture",
    "analysis.expires": "CoA: expiry date",
    "analysis.results": "CoA: test results",
    "analysis.methods": "CoA: methods",
    "analysis.manufacture_or_expiry": "CoA: date of manufacture or of expiry",
    "kinds": "Letters",
    "goods": "Goods",
    "circumstances": "Circumstances",
    "items": "Products",
    "documents": "Documents",
    "annex_fields": "What the country wants",
    "arrives": "Day of arrival",
    "parties": "Producer and consignee",
    "account": "Account",
    "hs_codes": "HS codes",
    "acts_for_others": "Acts for others",
    "warehouse": "Address of the warehouse",
    "letter.producer": "Producer",
    "letter.consignee": "Consignee",
    "used.product": "Product of the company's data, version",
    "used.producer": "Producer of the company's data, version",
    "used.supplier": "Supplier of the company's data, version",
}
PARTIES: Mapping[str, str] = {"producer": "Producer", "consignee": "Consignee"}
PARTICULARS: Mapping[str, str] = {
    "kind": "Which import letter?",
    "kinds": "Which export letters?",
    "goods": "Which goods?",
    "country": "Country of destination",
    "circumstances": "What holds for this application?",
    "arrives": "On which day do the goods arrive?",
    "replaces": "Does it replace a letter?",
}
UPLOAD: Mapping[str, str] = {"kind": "What is it?", "file": "The file"}
APPOINTMENT: Mapping[str, str] = {"official": "Official", "begins": "From", "ends": "Until"}
RETENTION_VIEWS: Mapping[str, str] = {
    "due": "Their time is over",
    "held": "Held",
    "asked": "Put up; the front door decides",
    "erased": "Erased",
    "all": "All applications",
}
HOLDS: Mapping[str, str] = {
    "objection": "An objection is not decided",
    "complaint": "A complaint is not decided",
    "audit": "An audit needs them",
    "lawful_order": "A lawful order",
}
QUEUES: Mapping[str, str] = {
    "all": "All applications",
    "work": "At the office now",
    "waiting": "The queue",
    "mine": "In your hands",
    "signature": "Waiting for a signature",
    "personal": "Waiting for a personal signature",
    "exception": "Exceptions to be decided",
    "unpaid": "Unpaid again",
    "owing": "Money to be paid back",
    "refund": "Refunds that wait for a second person",
}
DECISION: Mapping[str, str] = {
    "note": "In your own words",
    "release": "Why?",
    "official": "Who may decide all the same?",
    "override": "Why?",
    "passphrase": "Passphrase",
}
PERSONAL: Mapping[str, str] = {
    "company.name": "Name of the company",
    "company.address": "Address of the company",
    "company.nib": "Business identification number (NIB)",
    "account.warehouse": "Address of the warehouse",
    "letter.producer": "Producer",
    "letter.consignee": "Consignee",
    "note": "In the office's words",
    "amendment.reason": "Why it is amended",
    "exception.reason": "Why an exception is asked for",
    "return.reason": "Why the signer sent it back",
}
AMENDMENTS: Mapping[str, str] = {
    "details_changed": "Details of the shipment have changed",
    "company_error": "The company stated something wrong",
    "office_error": "The office made an error",
}
AMENDMENT: Mapping[str, str] = {
    "number": "Number of the letter",
    "reason": "Why is it amended?",
    "text": "In your own words",
    "arrives": "On which day do the goods arrive?",
}
SINCE: Mapping[str, str] = {
    "letter": "Against the letter that is amended",
    "submitted": "Since it was submitted",
    "asked": "Since the office asked for more",
    "rejected": "Since it was rejected",
    "sent_back": "Since the signer sent it back",
}


def state(status: str, *, for_officers: bool = False) -> str | EventText:
    return (STATES_FOR_OFFICERS if for_officers else STATES).get(status, status)


def role(actorrole: str) -> str:
    if actorrole.startswith("system:"):
        return SYSTEM
    return ROLES.get(actorrole, OFFICIAL)
