"""A small business from nothing to the number of its product; the same for `make up` and for compose."""

from tests.journeys.certificates import nib_of
from tests.journeys.mentoring import MENTOR, Mentoring

NUMBER = "MD 123456789012"
# Of the checklist in force: the raw water was not tested, which is critical; and a minor one.
WATER, SHELVES = "air_diuji", "fifo"
BEGUN = ("mentoring_registered", "business_restated", "mentoring_recorded", "products_triaged")
MAILS = (
    *("mentoring_requested", "products_triaged", "business_assessed", "action_verified", "label_checked"),
    *("permit_applied", "permit_issued", "number_obtained", "business_assessed", "business_graduated"),
)


def tell(mentoring: Mentoring, name: str) -> None:
    own = mentoring.mentored(name)
    told = mentoring.told(own)
    assert (told["state"], told["has_nib"], told["products"][0]["track"]) == ("triaged", False, "md")
    mentoring.looked_at_itself(own, {SHELVES})
    mentoring.visited(own, {SHELVES, WATER})
    assert [each["item"] for each in mentoring.told(own)["differences"]] == [WATER]
    mentoring.give_number(own, nib_of(name))
    mentoring.put_right(own, WATER)
    mentoring.complete(own)
    mentoring.permitted(own)
    skipped = mentoring.tell(own, "record-number", {"product": 1, "number": NUMBER})
    assert skipped.status_code == 409
    assert mentoring.dossier(own, 1).testzip() is None
    mentoring.registered(own, NUMBER)
    assert mentoring.state(own) == "number_obtained"
    mentoring.visited(own)
    mentoring.done(own, "graduate", person=MENTOR)
    assert mentoring.milestones(own) == [
        *(*BEGUN, "business_assessed", "business_assessed", "business_identified", "mentoring_recorded"),
        *("action_agreed", "action_evidenced", "action_verified", "permit_applied", "permit_issued"),
        *("registration_sent", "number_obtained", "business_assessed", "business_graduated"),
    ]
    assert mentoring.steps(own).count("document_added") == 15
    mentoring.mailed(own, name, *MAILS)
