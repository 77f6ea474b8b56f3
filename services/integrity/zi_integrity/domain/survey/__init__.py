"""A survey window: one questionnaire in one quarter, from its opening to the follow-up of its result. Pure."""
