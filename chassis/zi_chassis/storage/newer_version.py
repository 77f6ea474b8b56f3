"""A store, stream or ledger that a newer version of the program has written is not read as if it were this version's own: an older program
would call what it does not know broken, or lose it."""

from zi_chassis.domain_error import DomainError

EXIT_STATUS = 4


class NewerVersionError(DomainError):
    """A newer version of the program has written here. The process ends with EXIT_STATUS."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "A newer version of this program has written here what this version does not know: {what}. Nothing was changed. Start the newer"
            " version again; to go back, restore a backup from before the upgrade.",
            what=what,
        )
