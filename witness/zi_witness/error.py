"""The error that the person at the command line can correct."""


class OperatorError(Exception):
    """The witness can't start or go on; the message says what to do."""
