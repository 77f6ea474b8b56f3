"""Names that follow from others under the office's own secrets: participants, their codes, and the signs of their support.

Keyed: nobody without the secrets goes from an address or a code to a participant, or from a sign to anything.
"""

import hmac
from uuid import UUID

from zi_chassis.settings import Settings
from zi_rules.ticket import case_code_from_bytes, normalise_case_code

SIGN_DIGITS = 16


class ForumNames:
    """The codes have a secret of their own, because digests of them are published."""

    def __init__(self, secret: bytes, code_secret: bytes) -> None:
        self._secret = secret
        self._code_secret = code_secret

    @classmethod
    def of(cls, settings: Settings) -> "ForumNames":
        return cls(settings.secret("forum-names"), settings.secret("forum-codes"))

    def participant(self, forum: UUID, email: str) -> UUID:
        """Return the participant of an address: one in each forum, however the address is written."""
        return self._id("participant", forum.bytes + normalised_email(email).encode())

    def code(self, seed: UUID) -> str:
        """Return the code of a request; 60 bits, written as XXXX-XXXX-XXXX."""
        return case_code_from_bytes(_keyed(self._code_secret, "code", seed.bytes))

    def code_digest(self, code: str) -> str:
        """Return the digest of a code as it was typed. Raises MalformedCaseCodeError."""
        return _keyed(self._code_secret, "digest", normalise_case_code(code).encode()).hex()

    def sign(self, proposal: UUID, participant: UUID) -> str:
        """Return the sign under which a participant's support of this proposal is counted; of another proposal it is another."""
        return _keyed(self._secret, "support", proposal.bytes + participant.bytes).hex()[:SIGN_DIGITS]

    def entry(self, kind: str, author: str, key: UUID) -> UUID:
        """Return the id of what somebody sent under a form's key."""
        return self._id(kind, key.bytes + author.encode())

    def data_subject(self, entry: UUID) -> UUID:
        """Return the data subject of a participant or proposal, whose data is erased together."""
        return self._id("data subject", entry.bytes)

    def body_digest(self, *texts: str) -> str:
        return _keyed(self._secret, "body", "\0".join(texts).encode()).hex()

    def _id(self, purpose: str, content: bytes) -> UUID:
        return UUID(bytes=_keyed(self._secret, purpose, content)[:16], version=4)


def normalised_email(email: str) -> str:
    """One spelling of an address: without what stands behind a plus sign, which leads to the same mailbox."""
    name, _, domain = email.strip().lower().partition("@")
    return f"{name.partition('+')[0] or name}@{domain}"


def _keyed(secret: bytes, purpose: str, content: bytes) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\0" + content, "sha256")
