"""The base class of all errors that zi_tlog raises, for any input."""


class LogError(ValueError):
    """Something is not what it claims to be; the message is a sentence for the person who checks."""
