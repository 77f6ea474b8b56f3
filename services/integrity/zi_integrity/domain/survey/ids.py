"""The id of a survey window, made from the questionnaire and the quarter, so that there is one of each."""

from uuid import UUID, uuid5

_WINDOWS = UUID("6f6d0c4e-0a4b-5d0e-9d5c-8e1d5a7f3c21")


def survey_window_id(kind: str, quarter: str) -> UUID:
    return uuid5(_WINDOWS, f"{kind} {quarter}")
