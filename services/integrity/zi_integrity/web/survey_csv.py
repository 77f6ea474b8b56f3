"""The raw answers of a window as CSV: sorted, so that the order tells nothing."""

import csv
from io import StringIO

from zi_integrity.domain.survey.messages import SurveyWindowOpened
from zi_integrity.domain.survey.result import small_services
from zi_integrity.domain.survey.state import SurveyWindow


def answers_csv(opened: SurveyWindowOpened, state: SurveyWindow) -> str:
    """Write one line an answer. A service whose result is not told is not named."""
    small = small_services(state.answers, opened.practice.least_answers)
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("survey", "quarter", "scale", "method", "service", "on_paper", *opened.elements))
    lines = (
        ("" if each.service in small else each.service, "yes" if each.on_paper else "no", *each.row)
        for each in state.answers
    )
    same = (opened.kind, opened.quarter, opened.scale, opened.conversion)
    writer.writerows((*same, *line) for line in sorted(lines, key=lambda line: tuple(map(str, line))))
    return file.getvalue()
