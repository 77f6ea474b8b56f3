"""Standing of the letters of an application: signed for, numbered, sealed; valid, suspended, superseded or revoked. Pure."""

from enum import StrEnum
from uuid import UUID

from zi_chassis.domain import Value


class Standing(StrEnum):
    """In the order from the best for a letter to the worst."""

    VALID = "valid"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


FINAL = (Standing.SUPERSEDED, Standing.REVOKED)


class Letter(Value):
    """`file` is the digest of its one sealed file, `renewed` of that file with its last further timestamp; without a number and a file it
    is valid for nobody. With a `personal_signature` its signatory signs the page before the seal, and `signed` is the digest of that page;
    `lapses` counts those that ended before the seal. `to_amend`: an official has called for its amendment,
    in `called_fields`; a call that names none is about all of them."""

    id: UUID
    kind: str
    content: str
    template: str
    number: str | None = None
    personal_signature: bool = False
    signed: str | None = None
    lapses: int = 0
    file: str | None = None
    standing: Standing = Standing.VALID
    by_number: str | None = None
    suspended_by: str | None = None
    renewed: str | None = None
    to_amend: bool = False
    called_fields: frozenset[str] = frozenset()

    @property
    def lacks_signature(self) -> bool:
        """Return whether it is without the personal signature that it promises; one that was replaced or revoked wants none any more."""
        return self.personal_signature and self.signed is None and self.standing not in FINAL

    @property
    def awaits_signature(self) -> bool:
        """Return whether only its signatory can go on: it has its number and lacks the personal signature that it promises."""
        return self.personal_signature and self.number is not None and self.signed is None


Letters = tuple[Letter, ...]


def standing_of(letters: Letters) -> Standing | None:
    """Return the standing of the best letter; None as long as a letter is neither sealed nor revoked before its seal."""
    if any(letter.file is None and letter.standing is Standing.VALID for letter in letters):
        return None
    return min((letter.standing for letter in letters), key=list(Standing).index)


def letters_with(letters: Letters, id: UUID, **changes: object) -> Letters:
    return tuple(each.model_copy(update=changes) if each.id == id else each for each in letters)
