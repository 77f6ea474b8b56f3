"""The one error of zi_verify: something that stops it from checking at all, which is not a verdict."""


class VerifyError(Exception):
    """A file, an address or an option that can't be used; the message tells the person what to do."""
