"""Names of the disclosed fields of entries and of their values on pages; a value that is new is shown as it is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zi_audit.domain.facets import BUSINESS, PERSON
from zi_chassis.web.language import Bilingual, msgid
from zi_chassis.web.page import Translator
from zi_rules.listed import Listed

LABELS: Mapping[str, str] = {
    "assignee": msgid("In the hands of"),
    "official": msgid("Official named"),
    "business": msgid("Business"),
    "person": msgid("Filed under the same contact"),
    "district": msgid("District"),
    "commodity": msgid("Commodity"),
    "topic": msgid("Topic"),
    "series": msgid("Kind of letter"),
    "confidentiality": msgid("Named or not"),
    "kind": msgid("Kind"),
    "configuration": msgid("Standard or rules"),
    "digest": msgid("Digest of the rules"),
    "number": msgid("Number of a letter or product"),
    "letter": msgid("Letter"),
    "visit": msgid("Visit"),
    "stated_purpose": msgid("Stated purpose"),
    "reason": msgid("Reason"),
    "state": msgid("State of the case"),
    "holder": msgid("Who has to act"),
    "due": msgid("Due"),
    "acknowledge_by": msgid("To be taken up by"),
    "reply_by": msgid("To be replied to by"),
    "closes_on": msgid("Closes without a reaction on"),
    "pay_by": msgid("To be paid by"),
    "open_until": msgid("Open until"),
    "complete_at": msgid("Complete since"),
    "retry_at": msgid("Tried again at"),
    "overtaken.ticket": msgid("Passed over"),
}
# What says how a thing is spoken of and not what happened: found by, and exported, but not shown at every entry.
QUIET = frozenset({"state", "holder", "digest", "language", "standing", "position", "index"})
VALUES: Mapping[str, Mapping[str, str]] = {
    "commodity": {
        "pangan_olahan": msgid("Processed food"),
        "obat": msgid("Medicine"),
        "obat_tradisional": msgid("Traditional medicine"),
        "suplemen_kesehatan": msgid("Food supplement"),
        "obat_kuasi": msgid("Quasi medicine"),
        "kosmetik": msgid("Cosmetics"),
        "bahan_pangan_olahan": msgid("Ingredient of processed food"),
        "bahan_obat": msgid("Ingredient of medicine"),
        "bahan_obat_tradisional": msgid("Ingredient of traditional medicine"),
        "bahan_suplemen_kesehatan": msgid("Ingredient of food supplements"),
        "bahan_obat_kuasi": msgid("Ingredient of quasi medicine"),
        "bahan_kosmetik": msgid("Ingredient of cosmetics"),
    },
    "series": {
        "ski": msgid("Import letter (SKI)"),
        "ske": msgid("Export letter (SKE)"),
        "ba": msgid("Minutes of forums (BA)"),
        "ipc": msgid("Permits of good production (IPC)"),
        "spt": msgid("Letters of assignment (SPT)"),
        "mp": msgid("Service pledge (MP)"),
        "sp": msgid("Service standards (SP)"),
        "sr": msgid("Referrals to health offices (SR)"),
    },
    "confidentiality": {
        "named": msgid("Named"),
        "confidential": msgid("Confidential"),
        "anonymous": msgid("Anonymous"),
    },
    "kind": {
        "addition": msgid("Words were added"),
        "correction": msgid("A correction"),
        "objection": msgid("An objection"),
        "producer": msgid("A producer"),
        "supplier": msgid("A supplier"),
        "product": msgid("About a product"),
        "service": msgid("About the office's service"),
        "actual": msgid("Interest that exists"),
        "potential": msgid("Interest that may arise"),
        "missing": msgid("Messages before it are missing"),
        "repeated": msgid("Was there before"),
        "altered": msgid("Does not fit the message before it"),
        "unreadable": msgid("Not a message"),
        "out_of_order": msgid("Came after its turn"),
        "unknown_sender": msgid("From an unknown sender"),
        "wrong_lane": msgid("Under the name of another service"),
        "wrong_type": msgid("An event that is another service's to tell"),
        "attendance": msgid("Code for the attendance list"),
        "berita_acara": msgid("Minutes of a forum"),
        "code_of_conduct": msgid("Code of conduct"),
        "counter": msgid("Code for the counter"),
        "cppob_permit": msgid("Permit of good production (IP CPPOB)"),
        "given": msgid("Gift given"),
        "interests": msgid("Yearly statement of interests"),
        "lhkasn": msgid("Wealth report (LHKASN)"),
        "lhkpn": msgid("Wealth report (LHKPN)"),
        "maklumat": msgid("Service pledge (maklumat)"),
        "own": msgid("Questions of the office"),
        "pirt_referral": msgid("Referral to the health office"),
        "received": msgid("Gift received"),
        "refused": msgid("Gift refused"),
        "service_standard": msgid("Service standard"),
        "skm": msgid("Satisfaction (SKM)"),
        "spak": msgid("Corruption perception (SPAK)"),
        "spkp": msgid("Service quality perception (SPKP)"),
        "training": msgid("Training"),
        "trip_assignment": msgid("Letter of assignment for a trip"),
    },
    "stated_purpose": {
        "handling": msgid("To handle the case"),
        "contact": msgid("To contact the person"),
        "inspection": msgid("To prepare an inspection"),
        "supervision": msgid("To supervise"),
        "evaluation": msgid("To evaluate an application"),
        "mentoring": msgid("To mentor the business"),
        "letter": msgid("To make a letter"),
        "prefill": msgid("To fill in an application"),
        "audit": msgid("To audit how cases are handled"),
        "investigation": msgid("To investigate a report"),
        "complaint": msgid("To look into a complaint about the office"),
        "court": msgid("For a court or another authority"),
        "verification": msgid("To verify the ledger"),
    },
    "holder": {"office": msgid("The office"), "citizen": msgid("The citizen")},
    "reason": {
        "abuse": msgid("Misuse"),
        "cost": msgid("Costs"),
        "fault": msgid("A fault"),
        "maintenance": msgid("Maintenance"),
        "names_a_person": msgid("It names a person"),
        "no_channel": msgid("The channel is no longer used"),
        "test": msgid("A test"),
        "audit": msgid("An audit"),
        "company": msgid("The company wished it"),
        "complaint": msgid("A complaint"),
        "extended": msgid("The state gave more time"),
        "misread": msgid("Noted wrongly"),
        "shortened": msgid("The state gave less time"),
        "gone": msgid("The address is gone for ever"),
        "illness": msgid("Illness"),
        "more_applied_for": msgid("More was applied for"),
        "no_transport": msgid("No boat or plane"),
        "objection": msgid("An objection"),
        "reversed": msgid("Money was paid back"),
        "underpaid": msgid("Less was paid than is due"),
        "weather": msgid("Weather"),
        "take_over": msgid("To handle the case"),
        "supervision": msgid("To check how the case was handled"),
        "inspection": msgid("To prepare an inspection"),
        "service_complaint": msgid("To look into a complaint about the office"),
        "investigation": msgid("To investigate a report"),
        "court": msgid("For a court or another authority"),
        "resolved": msgid("Resolved"),
        "no_reaction": msgid("The citizen did not react"),
        "not_completed": msgid("What was missing did not come"),
        "subject_request": msgid("The person asked for it"),
        "consent_withdrawn": msgid("Consent was withdrawn"),
        "no_longer_needed": msgid("No longer needed"),
        "unlawfully_processed": msgid("Used unlawfully"),
        "lawful_order": msgid("Order of a court or an authority"),
        "not_the_data_subject": msgid("Asked for by somebody else"),
        "still_needed": msgid("Still needed"),
        "legal_hold": msgid("Must be kept by law"),
        "no_response": msgid("The business did not respond"),
        "no_registration_needed": msgid("No registration is needed"),
        "business_stopped": msgid("The business has stopped"),
        "business_asked": msgid("The business asked for it"),
        "data_erased": msgid("The data were erased"),
        "wrong_amount": msgid("Wrong amount"),
        "already_paid": msgid("Paid already"),
        "too_late": msgid("Too late"),
        "conflict": msgid("Conflict of interest"),
        "mentorship": msgid("Mentor of the business"),
        "already_evaluated": msgid("Evaluated it already"),
        "priority_lane": msgid("Priority lane"),
        "emergency": msgid("Emergency"),
        "absence": msgid("Absence"),
        "workload": msgid("Workload"),
        "unsafe_product": msgid("Unsafe product"),
        "false_statement": msgid("False statement"),
        "issued_in_error": msgid("Issued in error"),
        "licence_ended": msgid("Licence has ended"),
        "suspicion_unfounded": msgid("The suspicion was unfounded"),
        "cause_removed": msgid("The cause was removed"),
        "suspended_in_error": msgid("Suspended in error"),
        "unpaid": msgid("Unpaid"),
        "no_other_official": msgid("No other official"),
        "no_conflict": msgid("No conflict"),
        "interest_ended": msgid("The interest has ended"),
        "temporary": msgid("Fault that may pass"),
        "technical": msgid("Technical fault"),
        "permanent": msgid("Refused for good"),
        "uncertain": msgid("It is not known whether it arrived"),
        "no_address": msgid("No address"),
        "erased": msgid("The address was erased"),
        "stopped": msgid("Its reader stopped all mail"),
        "accuses_a_person": msgid("Accuses a person"),
        "advertising": msgid("Advertising"),
        "begun_anew": msgid("Begun anew"),
        "disaster": msgid("Disaster"),
        "duplicate": msgid("Proposed before"),
        "entered_twice": msgid("Entered twice"),
        "higher_law": msgid("Higher law"),
        "insult": msgid("Insult"),
        "merged": msgid("Merged with another"),
        "not_agreed": msgid("Not agreed"),
        "not_enough_known": msgid("Too little is known"),
        "not_needed": msgid("Not needed"),
        "off_topic": msgid("Off the topic"),
        "office_closed": msgid("The office was closed"),
        "other": msgid("Another reason"),
        "personal_data": msgid("Personal data"),
        "service_ended": msgid("The service has ended"),
        "unfounded": msgid("Unfounded"),
        "unrelated": msgid("Has nothing to do with the service"),
        "was_absent": msgid("Was absent"),
        "wrong_group": msgid("Wrong group"),
        "recipient_limit": msgid("It had enough mails on that day"),
        "not_theirs": msgid("The official may not know of the case any more"),
        "outdated": msgid("What it said did not hold any more"),
    },
}
SHORT = 8  # characters that name a business or a contact to a reader


class FacetNames:
    """The names of values: those that contracts list, and those of the office's own lists. `of` maps codes to names, by field."""

    def __init__(self, **lists: Sequence[Listed]) -> None:
        of_the_office = {field: {each.code: each.name for each in listed} for field, listed in lists.items()}
        self.of: Mapping[str, Mapping[str, str | Bilingual]] = {**VALUES, **of_the_office}

    def text(self, facet: str, written: Any, say: Translator) -> str:
        """Return it in the reader's words where there are any; a code that has left its list is told as it is."""
        known = self.of.get(facet, {}).get(str(written))
        if known is not None:
            return say(known)
        return str(written)[:SHORT] if facet in (BUSINESS, PERSON) else str(written)


def moment(written: Any) -> datetime | None:
    """Return the time that a disclosed value is, if it is one."""
    if not isinstance(written, str) or not written[:4].isdecimal():
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
