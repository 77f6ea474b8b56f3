"""What a person at the command line can put right."""


class WitnessError(Exception):
    """The witness can't start or go on; the message says what to do."""
