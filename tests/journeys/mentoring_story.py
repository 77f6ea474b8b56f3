"""A small business from nothing to the number of its product; the same for `make up` and for compose."""

from tests.journeys.certificates import OpenedCase, nib_of
from tests.journeys.mentoring import MENTOR, Mentoring

NUMBER = "MD 123456789012"
# Of the checklist in force: the raw water was not tested, which is critical; and a minor one.
WATER, SHELVES = "air_diuji", "fifo"
BEGUN = ("mentoring_registered", "business_restated", "mentoring_recorded", "products_triaged")
MAILS = (
    *("mentoring_requested", "products_triaged", "business_assessed", "action_verified", "label_checked"),
    *("permit_applied", "permit_issued", "number_obtained", "business_assessed", "business_graduated"),
)


def tell(mentoring: Mentoring, name: str) -> OpenedCase:
    case = mentoring.mentored(name)
    answer = mentoring.read(case)
    assert (answer["state"], answer["has_nib"], answer["products"][0]["track"]) == ("triaged", False, "md")
    mentoring.looked_at_itself(case, {SHELVES})
    mentoring.visited(case, {SHELVES, WATER})
    assert [each["item"] for each in mentoring.read(case)["differences"]] == [WATER]
    mentoring.give_number(case, nib_of(name))
    mentoring.put_right(case, WATER)
    mentoring.complete(case)
    mentoring.permitted(case)
    skipped = mentoring.tell(case, "record-number", {"product": 1, "number": NUMBER})
    assert skipped.status_code == 409
    assert mentoring.dossier(case, 1).testzip() is None
    mentoring.registered(case, NUMBER)
    assert mentoring.state(case) == "number_obtained"
    mentoring.visited(case)
    checked = {"product": 1, "number": NUMBER, "outcome": "confirmed"}
    mentoring.done(case, "check-number", checked, "officer")
    mentoring.done(case, "graduate", person=MENTOR)
    assert mentoring.milestones(case) == [
        *(*BEGUN, "business_assessed", "business_assessed", "business_identified", "mentoring_recorded"),
        *("action_agreed", "action_evidenced", "action_verified", "permit_applied"),
        *("permit_account_verified", "permit_found_fit", "permit_issued"),
        *("registration_sent", "number_obtained", "business_assessed", "registration_number_checked"),
        "business_graduated",
    ]
    assert mentoring.steps(case).count("document_added") == 15
    mentoring.mailed(case, name, *MAILS)
    return case
