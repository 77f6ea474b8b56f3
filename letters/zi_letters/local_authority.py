"""A certificate authority of the office itself, where no public one certifies its seal.

It convinces only a checker who got its certificate from elsewhere than the letter."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from zi_letters.seal import LocalSeal

_YEAR, _EARLY = timedelta(days=365), timedelta(minutes=5)
_SEAL, _AUTHORITY = {"digital_signature", "content_commitment"}, {"key_cert_sign", "crl_sign"}
_USAGES = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"


@dataclass(frozen=True)
class LocalAuthority:
    """The key stays in the process that makes it and ends with it: certificates stay valid, and a new seal takes a new authority."""

    name: str
    key: EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate as `zi-verify certificate --ca` takes it."""
        return self.certificate.public_bytes(Encoding.PEM)

    def make_seal(self, name: str, at: datetime) -> LocalSeal:
        """Make a key and certify it for three years."""
        key = generate_private_key(SECP256R1())
        builder = _builder(name, key, self.name, at, 3 * _YEAR, _SEAL, is_authority=False)
        return LocalSeal(_pkcs8(key), self._issued(builder))

    def make_clock(self, name: str, at: datetime) -> LocalSeal:
        """Make a key that signs timestamps and nothing else, and certify it for three years."""
        key = generate_private_key(SECP256R1())
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = _builder(name, key, self.name, at, 3 * _YEAR, _SEAL, is_authority=False)
        return LocalSeal(_pkcs8(key), self._issued(builder.add_extension(purpose, critical=True)))

    def revoked_none(self, at: datetime, until: datetime) -> bytes:
        """State (PEM) that nothing was revoked, from a moment on and until there is word again."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(at).next_update(until)
        signing = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        numbered = builder.add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        return (
            numbered.add_extension(signing, critical=False)
            .sign(self.key, SHA256())
            .public_bytes(Encoding.PEM)
        )

    def _issued(self, builder: x509.CertificateBuilder) -> bytes:
        signing = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            builder.add_extension(signing, critical=False).sign(self.key, SHA256()).public_bytes(Encoding.DER)
        )


def make_authority(name: str, at: datetime, years: int = 10) -> LocalAuthority:
    key = generate_private_key(SECP256R1())
    builder = _builder(name, key, name, at, years * _YEAR, _AUTHORITY, is_authority=True)
    return LocalAuthority(name, key, builder.sign(key, SHA256()))


def _pkcs8(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _builder(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    at: datetime,
    lifetime: timedelta,
    usages: set[str],
    *,
    is_authority: bool,
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        **{usage: usage in usages for usage in _USAGES.split()}, encipher_only=False, decipher_only=False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _EARLY)
        .not_valid_after(at + lifetime)
        .add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
