"""The authority whose timestamps an office uses: one of others, named by the operator, or its own, which makes itself a new key in time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import ConfigDict
from pyhanko.sign.timestamps import TimeStamper

from zi_chassis.domain import Value
from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError, read_named
from zi_letters.evidence import LetterEvidence, evidence_in
from zi_letters.local_authority import LocalAuthority, make_authority
from zi_letters.seal import LocalSeal
from zi_letters.timestamps import HttpTimestamps, LocalTimestamps

YEARS = 30
# A clock is followed by the next one so early that each timestamp holds for a year at least, and is renewed half a year before it ends.
FOLLOWED, RENEWED = timedelta(days=365), timedelta(days=182)
LIST_HOLDS = timedelta(days=30)


class TimestampAuthorityError(UnusableSettingError):
    """The settings of the timestamps' authority do not belong together, or its certificates can't be read."""


class TimestampSource(Value):
    """The source of timestamps for the process that makes files: from `url`, or from a key. `evidence` goes into the letter, `roots` are who
    certified the authority (both PEM)."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", hide_input_in_errors=True)

    evidence: bytes
    roots: bytes
    at: datetime
    url: str = ""
    clock_key: bytes = b""
    clock_certificate: bytes = b""

    def stamper(self, client: httpx.AsyncClient) -> TimeStamper:
        if self.url:
            return HttpTimestamps(self.url, client)
        return LocalTimestamps(LocalSeal(self.clock_key, self.clock_certificate), self.at)

    @property
    def archived(self) -> LetterEvidence:
        """The evidence, with the certificate of the key."""
        found = evidence_in(self.evidence)
        of_clock = (asn1.Certificate.load(self.clock_certificate),) if self.clock_certificate else ()
        return LetterEvidence((*found.certificates, *of_clock), found.revocations)


@dataclass(frozen=True)
class OfficeClock:
    """X.509 knows the real time only, so it is the machine's, wherever the house's is shifted."""

    settings: Settings
    roots: bytes
    sealed: bytes  # who certified the seal and signatories, and the lists of revoked ones

    def source(self, at: datetime | None = None) -> TimestampSource:
        """Give what one file is timestamped with, at `at` or now. Raises TimestampAuthorityError."""
        moment = (at or datetime.now(UTC)).replace(microsecond=0)
        if self.settings.timestamp_url:
            evidence = self.sealed + self.roots
            return TimestampSource(
                evidence=evidence, roots=self.roots, at=moment, url=self.settings.timestamp_url
            )
        root = _root(self.settings, moment)
        key, certificate = _pair(_clock(self.settings, root, moment))
        listed = root.revoked_none(moment, moment + LIST_HOLDS)
        return TimestampSource(
            evidence=self.sealed + self.roots + listed,
            roots=self.roots,
            at=moment,
            clock_key=_der(key),
            clock_certificate=certificate.public_bytes(Encoding.DER),
        )


def load_clock(settings: Settings, sealed: bytes) -> OfficeClock:
    """Find the authority, or make one at the first start. Raises TimestampAuthorityError."""
    named: Path | None = settings.timestamp_authority
    if bool(settings.timestamp_url) != (named is not None):
        raise TimestampAuthorityError("Name both or neither: ZI_TIMESTAMP_URL and ZI_TIMESTAMP_AUTHORITY.")
    if named is None:
        return OfficeClock(settings, _root(settings, datetime.now(UTC)).pem, sealed)
    roots = read_named(named, "TIMESTAMP_AUTHORITY")
    try:
        found = evidence_in(roots).certificates
    except ValueError as error:
        raise TimestampAuthorityError("The file of ZI_TIMESTAMP_AUTHORITY can't be read as PEM.") from error
    if not found:
        raise TimestampAuthorityError("The file of ZI_TIMESTAMP_AUTHORITY holds no certificate.")
    return OfficeClock(settings, roots, sealed)


def _root(settings: Settings, at: datetime) -> LocalAuthority:
    """Its key is kept, unlike that of the seal's authority, because it certifies a new clock every two years."""
    name = f"{settings.office_name}: stempel waktu sendiri"

    def bundle() -> bytes:
        root = make_authority(name, at, YEARS)
        return _pem(root.key) + root.pem

    key, certificate = _pair(settings.stored_secret("timestamps.pem", bundle))
    return LocalAuthority(name, key, certificate)


def _clock(settings: Settings, root: LocalAuthority, at: datetime) -> bytes:
    def bundle() -> bytes:
        made = root.make_clock(f"{settings.office_name}: stempel waktu", at)
        return made.pem + x509.load_der_x509_certificate(made.certificate).public_bytes(Encoding.PEM)

    stored = (settings.stored_secret(f"timestamps-{number}.pem", bundle) for number in count(1))
    return next(pem for pem in stored if _pair(pem)[1].not_valid_after_utc > at + FOLLOWED)


def _pair(bundle: bytes) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
    key = load_pem_private_key(bundle, None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate(bundle)


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _der(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
