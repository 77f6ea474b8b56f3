"""The time before its day at which the office reminds of a question that the state has about a dossier."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Sourced
from zi_rules.version import Editions

STATE_QUESTIONS = "state_questions"


class StateQuestionRules(Configured, Sourced):
    remind_days: Annotated[int, Field(ge=1, le=60)]


def load_state_questions(office_folder: Path | None = None) -> Editions[StateQuestionRules]:
    """Raises UnusableConfigurationError."""
    configuration = read_file(STATE_QUESTIONS, f"{STATE_QUESTIONS}.toml", office_folder)
    return Editions(StateQuestionRules, STATE_QUESTIONS, [configuration])
