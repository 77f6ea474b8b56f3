"""The keys of a service for its letters: one signs the code on each page, the other seals each file; both outlive the process, and
neither leaves its folder.

X.509 certificates are valid by the real clock even where the business clock is shifted, as PDF readers know no other."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from zi_chassis.settings import Settings
from zi_chassis.unusable_setting import UnusableSettingError, read_named
from zi_letters.clocks import OfficeClock, load_clock
from zi_letters.evidence import LetterEvidence, evidence_in
from zi_letters.local_authority import make_authority
from zi_letters.seal import LocalSeal
from zi_tlog.note import Signer

ENDS_SOON = timedelta(days=30)


class SealKeyError(UnusableSettingError):
    """The key of the seal and its certificate do not belong together, or one of them can't be read."""


@dataclass(frozen=True)
class LetterKeys:
    """`authority` (PEM) is what a checker must get from elsewhere: who certified the seal and timestamps; `signatories` (PEM) certify officials,
    and nothing else; `address` plus a number is where that letter is verified."""

    code: Signer
    seal: LocalSeal
    authority: bytes
    signatories: bytes
    address: str
    ends: datetime
    clock: OfficeClock

    @property
    def certified_signatories(self) -> LetterEvidence:
        """The authorities of officials, with the lists of revoked ones that go into a letter."""
        return LetterEvidence(
            evidence_in(self.signatories).certificates, evidence_in(self.clock.sealed).revocations
        )

    def reason(self) -> str | None:
        """Return the reason why somebody has to look after the seal."""
        if datetime.now(UTC) + ENDS_SOON < self.ends:
            return None
        return f"the certificate of the seal ends on {self.ends.date()}: name a new one, with its key"


def load_keys(settings: Settings, path: str) -> LetterKeys:
    """Load the keys, or make them at the first start; `path` on the public address is where the service verifies letters, up to the
    number. Raises SealKeyError and TimestampAuthorityError."""
    code = Signer(f"{settings.log_origin}/letters", settings.secret("letters"))
    bundle = _named(settings.seal_key, settings.seal_certificate) or settings.stored_secret(
        "seal.pem", lambda: _local_bundle(settings.office_name)
    )
    key, certificates = _read(bundle)
    seal = LocalSeal(key, certificates[0].public_bytes(Encoding.DER))
    authority = certificates[-1].public_bytes(Encoding.PEM)
    lists = b"".join(pem.armor("X509 CRL", each.dump()) for each in evidence_in(bundle).revocations)
    signatories = (
        b""
        if settings.signing_authority is None
        else read_named(settings.signing_authority, "SIGNING_AUTHORITY")
    )
    known = evidence_in(signatories).certificates
    officials = b"".join(pem.armor("CERTIFICATE", each.dump()) for each in known)
    issuers = b"".join(each.public_bytes(Encoding.PEM) for each in certificates[1:])
    clock = load_clock(settings, issuers + lists + b"\n" + signatories)
    ends = certificates[0].not_valid_after_utc
    return LetterKeys(code, seal, authority + clock.roots, officials, settings.public_url + path, ends, clock)


def _named(key: Path | None, certificate: Path | None) -> bytes | None:
    if key is None and certificate is None:
        return None
    if key is None or certificate is None:
        raise SealKeyError("Name both or neither: ZI_SEAL_KEY and ZI_SEAL_CERTIFICATE.")
    return read_named(key, "SEAL_KEY") + b"\n" + read_named(certificate, "SEAL_CERTIFICATE")


def _local_bundle(office: str) -> bytes:
    """Key, certificate, authority in one file, so that they are there together or not at all; the authority's key ends here, and with it
    whoever could revoke the seal: its list says so once and for all."""
    now = datetime.now(UTC)
    authority = make_authority(f"{office}: otoritas sendiri", now)
    seal = authority.make_seal(office, now)
    certificate = x509.load_der_x509_certificate(seal.certificate).public_bytes(Encoding.PEM)
    return (
        seal.pem
        + certificate
        + authority.pem
        + authority.revoked_none(now, authority.certificate.not_valid_after_utc)
    )


def _read(bundle: bytes) -> tuple[bytes, list[x509.Certificate]]:
    """The key (PKCS#8, DER) and the certificates: that of the seal first, its authority's last."""
    try:
        key = load_pem_private_key(bundle, None)
        certificates = x509.load_pem_x509_certificates(bundle)
    except (ValueError, TypeError) as error:
        raise SealKeyError(
            "The seal needs an unlocked private key and its certificates, both as PEM."
        ) from error
    if key.public_key() != certificates[0].public_key():
        raise SealKeyError("The first certificate is not that of the seal's key.")
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), certificates
