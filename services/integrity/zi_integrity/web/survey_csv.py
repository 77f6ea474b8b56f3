"""The raw answers of a window as CSV: sorted, so that the order tells nothing."""

import csv
from collections import Counter
from io import StringIO

from zi_integrity.domain.survey.messages import SurveyWindowOpened
from zi_integrity.domain.survey.state import SurveyWindow


def answers_csv(opened: SurveyWindowOpened, state: SurveyWindow) -> str:
    """Write one line an answer. A service with fewer answers than the least number is not named."""
    of_service = Counter(each.service for each in state.answers)
    named = {service for service, count in of_service.items() if count >= opened.practice.least_answers}
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("survey", "quarter", "scale", "method", "service", "on_paper", *opened.elements))
    lines = (
        (each.service if each.service in named else "", "yes" if each.on_paper else "no", *each.row)
        for each in state.answers
    )
    same = (opened.kind, opened.quarter, opened.scale, opened.conversion)
    writer.writerows((*same, *line) for line in sorted(lines, key=lambda line: tuple(map(str, line))))
    return file.getvalue()
