"""Load the office's rules for mentoring from their data files."""

from pathlib import Path

from zi_rules.calendar import load_calendars
from zi_rules.decree import Standards
from zi_rules.district import load_districts
from zi_rules.mentoring.checklist import load_checklists
from zi_rules.mentoring.label_check import load_label_checks
from zi_rules.mentoring.rule_set import load_mentoring_rules
from zi_rules.mentoring.state_question import load_state_questions
from zi_rules.permit import load_permit_rules
from zi_rules.registration_number import load_shapes
from zi_rules.standard import no_standards
from zi_rules.version import ContentLookup, no_content
from zi_umkm.domain.permit_terms import PermitTerms
from zi_umkm.domain.rulebook import MentoringRulebook


def load_rulebook(folder: Path, content_of: ContentLookup = no_content) -> MentoringRulebook:
    """Load the rules; the office's own data files replace the shipped ones of the same name."""
    calendars = load_calendars(folder, content_of)
    rules = MentoringRulebook(
        load_mentoring_rules(folder, content_of),
        load_checklists(folder, content_of),
        load_shapes(folder, content_of),
        calendars,
        load_districts(folder),
        Standards(no_standards(content_of)),
        PermitTerms(load_permit_rules(folder, content_of), calendars),
        load_state_questions(folder),
        load_label_checks(folder),
    )
    rules.standards.check = rules.refuse_unfit
    return rules
