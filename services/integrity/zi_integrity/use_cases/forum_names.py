"""Names that follow from others under the office's own secrets: participants, their codes, and the signs of their support.

Keyed: nobody without the secrets goes from an address or a code to a participant, or from a sign to anything.
"""

from uuid import UUID

from zi_chassis.email_address import mailbox_of
from zi_chassis.settings import Settings
from zi_integrity.use_cases.keyed_names import KeyedNames, keyed
from zi_rules.ticket import case_code_from_bytes, normalise_case_code

SIGN_DIGITS = 16


class ForumNames(KeyedNames):
    """The codes have a secret of their own, because digests of them are published."""

    def __init__(self, secret: bytes, code_secret: bytes) -> None:
        super().__init__(secret)
        self._code_secret = code_secret

    @classmethod
    def of(cls, settings: Settings) -> "ForumNames":
        return cls(settings.secret("forum-names"), settings.secret("forum-codes"))

    def participant(self, forum: UUID, email: str) -> UUID:
        """Return the participant of an address: one in each forum, however the address is written."""
        return self._id("participant", forum.bytes + mailbox_of(email).encode())

    def code(self, seed: UUID) -> str:
        """Return the code of a request; 60 bits, written as XXXX-XXXX-XXXX."""
        return case_code_from_bytes(keyed(self._code_secret, "code", seed.bytes))

    def code_digest(self, code: str) -> str:
        """Return the digest of a code as it was typed. Raises MalformedCaseCodeError."""
        return keyed(self._code_secret, "digest", normalise_case_code(code).encode()).hex()

    def sign(self, proposal: UUID, participant: UUID) -> str:
        """Return the sign under which a participant's support of this proposal is counted; of another proposal it is another."""
        return self._keyed("support", proposal.bytes + participant.bytes).hex()[:SIGN_DIGITS]

    def body_digest(self, *texts: str) -> str:
        return self._keyed("body", "\0".join(texts).encode()).hex()
