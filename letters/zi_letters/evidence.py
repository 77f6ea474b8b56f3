"""Certificates and lists of revoked ones, as PEM files hold them: what a letter carries so that its signatures are judged without network."""

from collections.abc import Iterator
from dataclasses import dataclass

from asn1crypto import crl, pem, x509

_CERTIFICATE, _LIST, _BEGIN = "CERTIFICATE", "X509 CRL", b"-----BEGIN "


@dataclass(frozen=True)
class LetterEvidence:
    certificates: tuple[x509.Certificate, ...] = ()
    revocations: tuple[crl.CertificateList, ...] = ()


def evidence_in(text: bytes) -> LetterEvidence:
    """Read every certificate and every list; keys are passed over. Raises ValueError."""
    blocks = list(_blocks(text))
    return LetterEvidence(
        tuple(x509.Certificate.load(der) for name, der in blocks if name == _CERTIFICATE),
        tuple(crl.CertificateList.load(der) for name, der in blocks if name == _LIST),
    )


def _blocks(text: bytes) -> Iterator[tuple[str, bytes]]:
    if _BEGIN in text:
        for name, _, der in pem.unarmor(text, multiple=True):
            yield name, der
