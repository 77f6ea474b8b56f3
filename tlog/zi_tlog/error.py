"""The one family of errors that zi_tlog raises, whatever bytes it is given."""


class LogError(ValueError):
    """Something is not what it claims to be; the message is a sentence for the person who checks."""
