"""The signatures of a letter, each judged at its own time: the seal, and the archive timestamps that make it outlive its certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, core, crl, x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_der_x509_certificate, load_der_x509_crl
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import (
    PdfSignatureStatus,
    SignatureCoverageLevel,
    SignatureStatus,
    TimestampSignatureStatus,
)
from pyhanko_certvalidator import ValidationContext

from zi_verify.letter_error import LetterFileError, PersonalSignatureMissingError

_TIMESTAMP = "/DocTimeStamp"
_CERTIFYING = EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey


@dataclass(frozen=True)
class TrustedAuthorities:
    """The authorities by purpose: `office` for the seal and the timestamps, `signatories` for the personal signature, and neither for the other. None:
    nobody was named, and each certificate stands for itself."""

    office: Sequence[x509.Certificate] | None
    signatories: Sequence[x509.Certificate] | None


@dataclass(frozen=True)
class LetterSpan:
    """A signature was made at `made`, by somebody whose certificate ends at `ends`."""

    made: datetime
    ends: datetime


@dataclass(frozen=True)
class LetterTimes:
    """The seal and what follows it, the oldest first: the timestamp on the seal, then those of the archive. Without any, the time of the
    seal is the one that the seal claims."""

    seal: LetterSpan
    timestamps: tuple[LetterSpan, ...]


@dataclass(frozen=True)
class LetterSigners:
    """The names on the certificates of the seal, and of the personal signature beneath it with the name of who certified that one."""

    seal: str
    official: str | None
    official_certified_by: str | None


@dataclass(frozen=True)
class _Judge:
    # The certificates that are believed (None: each signature's own), and what the letter itself carries about others.
    roots: Sequence[x509.Certificate] | None
    others: Sequence[x509.Certificate]
    revocations: Sequence[crl.CertificateList]

    def at(self, moment: datetime, signer: x509.Certificate) -> ValidationContext:
        return ValidationContext(
            trust_roots=[signer] if self.roots is None else list(self.roots),
            other_certs=list(self.others),
            crls=list(self.revocations),
            moment=moment,
            allow_fetching=False,
        )

    def require(self, status: SignatureStatus, moment: datetime, *, whole: bool) -> None:
        if not (whole and status.intact and status.valid):
            raise LetterFileError(
                "the file was changed after it was signed", "berkas diubah setelah ditandatangani"
            )
        if self.roots is None:
            return
        if self._was_revoked(status.signing_cert, moment):
            raise LetterFileError(
                "the certificate of a signature was revoked before it was made",
                "sertifikat sebuah tanda tangan telah dicabut sebelum tanda tangan itu dibuat",
            )
        if status.trusted:
            return
        if isinstance(status, TimestampSignatureStatus):
            raise LetterFileError(
                "a timestamp is not certified by an authority that you gave: its certificate belongs into the same file as that of the seal's",
                "sebuah stempel waktu tidak disahkan oleh otoritas yang Anda berikan: sertifikatnya ada dalam satu berkas dengan yang mengesahkan"
                " segel",
            )
        raise LetterFileError(
            "the signature is not certified by the authority that you gave",
            "tanda tangan tidak disahkan oleh otoritas yang Anda berikan",
        )

    def _was_revoked(self, certificate: x509.Certificate, moment: datetime) -> bool:
        # The library passes over lists where a certificate names no address of them.
        issuers = [
            load_der_x509_certificate(each.dump()).public_key()
            for each in (*(self.roots or ()), *self.others)
            if each.subject == certificate.issuer
        ]
        for listed in self.revocations:
            found = load_der_x509_crl(listed.dump())
            entry = found.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is None or listed.issuer != certificate.issuer or entry.revocation_date_utc > moment:
                continue
            if any(isinstance(key, _CERTIFYING) and found.is_signature_valid(key) for key in issuers):
                return True
        return False


def signers_of(reader: PdfFileReader, *, is_personal: bool) -> LetterSigners:
    """Name the signers of a letter, the first of which is its signatory where it has a personal signature."""
    *personal, seal = reader.embedded_signatures[: 1 + is_personal]
    official = next((_certificate_of(each) for each in personal), None)
    return LetterSigners(
        str(_certificate_of(seal).subject.human_friendly),
        None if official is None else str(official.subject.human_friendly),
        None if official is None else str(official.issuer.human_friendly),
    )


def judged_signatures(
    reader: PdfFileReader, data: bytes, trusted: TrustedAuthorities, *, is_personal: bool
) -> LetterTimes:
    """Judge all signatures of a letter: its signatory's, where it has a personal one, then one seal, and then only timestamps.

    Raises LetterFileError."""
    personal = reader.embedded_signatures[:is_personal]
    seal, *archive = reader.embedded_signatures[is_personal:]
    judge, of_signatories = _judge(reader, trusted.office), _judge(reader, trusted.signatories)
    stamped = _stamp_on(seal)
    if stamped is not None and not archive:
        raise LetterFileError("the archive timestamp is missing", "stempel waktu arsip tidak ada")
    times = [] if stamped is None else [_span(stamped)]
    claimed = times[0].made if times else seal.self_reported_timestamp
    if claimed is None:
        raise LetterFileError("the seal names no time", "segel tidak menyebut waktu")
    _require_seal(judge, data, seal, claimed, is_last=not archive)
    for each in personal:
        _require_personal(of_signatories, each, seal, claimed)
    for number, signature in enumerate(archive, 1):
        times.append(_timestamp(judge, data, signature, is_last=number == len(archive)))
    return LetterTimes(LetterSpan(claimed, _ends(seal.signer_cert)), tuple(times))


def _judge(reader: PdfFileReader, roots: Sequence[x509.Certificate] | None) -> _Judge:
    try:
        context = DocumentSecurityStore.read_dss(reader).as_validation_context(
            {"trust_roots": [], "allow_fetching": False}
        )
    except NoDSSFoundError:
        return _Judge(roots, (), ())
    others = list(context.certificate_registry)
    return _Judge(roots, others, context.crls)


def _require_seal(
    judge: _Judge, data: bytes, seal: EmbeddedPdfSignature, moment: datetime, *, is_last: bool
) -> None:
    context = judge.at(moment, seal.signer_cert)
    stamped = _stamp_on(seal)
    clock = context if stamped is None or judge.roots is not None else judge.at(moment, _signer(stamped))
    status: PdfSignatureStatus = validate_pdf_signature(seal, context, clock, skip_diff=True)
    unsigned = len(seal.signer_info["unsigned_attrs"] or ())
    whole = _is_whole(data, seal, is_last=is_last) and unsigned == (0 if stamped is None else 1)
    judge.require(status, moment, whole=whole)
    if status.timestamp_validity is not None:
        judge.require(status.timestamp_validity, moment, whole=True)


def _require_personal(
    judge: _Judge, signature: EmbeddedPdfSignature, seal: EmbeddedPdfSignature, sealed: datetime
) -> None:
    """It was there when the page was sealed over it, so it is judged at that time."""
    try:
        keys = [_certificate_of(each).public_key.dump() for each in (signature, seal)]
        context = judge.at(sealed, signature.signer_cert)
        status = validate_pdf_signature(signature, context, context, skip_diff=True)
        covered = signature.evaluate_signature_coverage() >= SignatureCoverageLevel.ENTIRE_REVISION
        judge.require(status, sealed, whole=covered)
    # Whatever the parser stumbles over, it is no signature of anybody.
    except Exception as error:
        raise PersonalSignatureMissingError(
            "the personal signature of its signatory does not hold: it is not over this page, or was not certified by an authority that you gave with --signatories",
            "tanda tangan pribadi penanda tangannya tidak sah: bukan atas halaman ini, atau tidak disahkan oleh otoritas yang Anda berikan dengan --signatories",
        ) from error
    if keys[0] == keys[1]:
        raise PersonalSignatureMissingError(
            "the personal signature was made with the key of the office's seal",
            "tanda tangan pribadi dibuat dengan kunci segel kantor",
        )


def _certificate_of(signature: EmbeddedPdfSignature) -> x509.Certificate:
    certificate: x509.Certificate = signature.signer_cert
    return certificate


def _stamp_on(seal: EmbeddedPdfSignature) -> cms.SignedData | None:
    stamps = [
        each["values"]
        for each in seal.signer_info["unsigned_attrs"]
        if each["type"].native == "signature_time_stamp_token"
    ]
    return stamps[0][0]["content"] if stamps else None


def _timestamp(judge: _Judge, data: bytes, signature: EmbeddedPdfSignature, *, is_last: bool) -> LetterSpan:
    span = _span(signature.signed_data)
    context = judge.at(span.made, signature.signer_cert)
    status = validate_pdf_timestamp(signature, context, skip_diff=True)
    whole = _is_whole(data, signature, is_last=is_last) and not signature.signer_info["unsigned_attrs"]
    judge.require(status, span.made, whole=whole)
    return span


def _is_whole(data: bytes, signature: EmbeddedPdfSignature, *, is_last: bool) -> bool:
    covered = signature.evaluate_signature_coverage()
    if is_last:
        return bool(covered == SignatureCoverageLevel.ENTIRE_FILE) and _is_canonical(data, signature)
    # Whatever its spelling, the next timestamp covers it.
    return bool(covered >= SignatureCoverageLevel.ENTIRE_REVISION)


def _is_canonical(data: bytes, signature: EmbeddedPdfSignature) -> bool:
    # No signature covers itself, so it has one spelling: hex in one case of its DER, then zeros.
    _, length, after, _ = map(int, signature.byte_range)
    spelled = _spelled(signature).hex().ljust(after - length - 2, "0")
    return data[length:after] in (f"<{spelled}>".encode(), f"<{spelled.upper()}>".encode())


def _spelled(signature: EmbeddedPdfSignature) -> bytes:
    # What no signature covers follows from what is signed, and nothing is beside it.
    container = cms.ContentInfo.load(signature.pkcs7_content)
    signed, signer = container["content"], container["content"]["signer_infos"][0]
    certificate = _certificate_of(signature)
    names = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer = _anew(
        signer,
        version="v1",
        sid=cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(names)),
        signed_attrs=cms.CMSAttributes(list(signer["signed_attrs"])),  # signed as they are
    )
    version = "v3" if signature.sig_object_type == _TIMESTAMP else "v1"
    algorithms = [signer["digest_algorithm"]]
    signed = _anew(signed, version=version, digest_algorithms=algorithms, signer_infos=[signer])
    spelled: bytes = _anew(container, content=signed).dump()
    return spelled


def _anew(value: core.Sequence, **changes: object) -> core.Sequence:
    # To spell a whole container anew takes a hundred times as long as its parts: each is spelled again for whatever is around it.
    fields = {name: value[name] for name in value if not isinstance(value[name], core.Void)} | changes
    for name in fields.keys() - changes.keys():
        fields[name].dump(force=True)
    return type(value)(fields)


def _span(token: cms.SignedData) -> LetterSpan:
    made: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
    return LetterSpan(made.astimezone(UTC), _ends(_signer(token)))


def _signer(token: cms.SignedData) -> x509.Certificate:
    names = token["signer_infos"][0]["sid"].chosen
    found: list[x509.Certificate] = [
        each.chosen
        for each in token["certificates"]
        if (each.chosen.issuer, each.chosen.serial_number) == (names["issuer"], names["serial_number"].native)
    ]
    [certificate] = found
    return certificate


def _ends(certificate: x509.Certificate) -> datetime:
    ends: datetime = certificate.not_valid_after
    return ends
