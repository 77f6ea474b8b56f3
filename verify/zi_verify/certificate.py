"""Checks an official letter offline: its seal, the ledger's entry that issued it, the code on its page, and that the page is what its
content and template show, made again in a process that can do nothing else."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

import segno
from asn1crypto import pem, x509

from zi_tlog.error import LogError
from zi_tlog.letter import (
    CODE,
    CONTENT,
    MESSAGE,
    PICTURE,
    POLICY,
    PROOF,
    TEMPLATE,
    Code,
    attached,
    open_code,
    parts_of_code,
)
from zi_tlog.letter_goods import CodeGoods, CodeProduct
from zi_tlog.note import Verifier, parse_vkey
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy, parse_policy
from zi_tlog.proof import parse_proof, verify_proof
from zi_verify.day import clock_of
from zi_verify.error import VerifyError
from zi_verify.letter_error import LetterFileError, PersonalSignatureMissingError
from zi_verify.letter_file import LetterFile, creator_of, open_letter
from zi_verify.letter_page import PageError, make_page
from zi_verify.letter_signature import TrustedAuthorities
from zi_verify.letter_standing import LedgerStanding, LetterInLedger, LetterLedger, standing_in
from zi_verify.letter_template import SHIPPED
from zi_verify.letter_time import remark_of, shortfalls_at
from zi_verify.memory import Memory
from zi_verify.message import MessageError, parse_message
from zi_verify.report import NO_WITNESS, witnesses_named
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.succession import rotation_findings
from zi_verify.trust import Comparison, compared, log_names
from zi_verify.verdict import CheckFinding, Failed, Included, Matching, Sentence, Verdict, refused

# The entries that issue a letter: of certificates, of mentoring (referrals), and of the integrity zone (standards, pledges, minutes of forums).
ISSUES = frozenset(
    {
        "zi.certificates.certificate_issued",
        "zi.umkm.mentoring_letter_issued",
        "zi.integrity.office_letter_issued",
    }
)


@dataclass(frozen=True)
class CertificateReport:
    """The verdict on a letter, with remarks; `number` is empty if nothing is proven, `shortfalls` say that the keys were compared with
    nothing, or that a promised signature is missing."""

    number: str
    remarks: tuple[Sentence, ...]
    verdict: Verdict
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True)
class _Issued:
    # The entry that issued the letter, in the ledger: its message and its index.
    message: Mapping[str, Any]
    index: int
    endorsement: Endorsement
    comparison: Comparison


def check_certificate(
    data: bytes,
    policy: Policy | None,
    authority: bytes | None,
    memory: Memory | None = None,
    at: datetime | None = None,
    now: datetime | None = None,
    ledger: LetterLedger | None = None,
    signatories: bytes | None = None,
) -> CertificateReport:
    """The report on a letter's PDF, under the given policy, a pinned one, or that inside it; `authority` are the certificates (PEM or DER) of who
    certified seal and timestamps, `signatories` its signatory; `at` is when it must have been valid; `ledger` tells how it stands."""
    trusted = _trusted(authority, signatories)
    try:
        letter = open_letter(data, trusted)
    except LetterFileError as error:
        return _no_letter(error)
    try:
        files = attached(letter.attachments)
        memory = memory or Memory(None)
        issued = _proven(files, compared(parse_policy(files[POLICY]), policy, memory))
    except (LogError, MessageError, KeyError, TypeError, ValueError) as error:
        return _failed(MESSAGE, refused(ValueError(*error.args)))
    findings = [*_retired(files, issued), *_unbound(files, issued), *_wrong_code(files, issued)]
    template = sha256(files[TEMPLATE]).hexdigest()
    is_known = template in SHIPPED or template in _adopted(issued.comparison, memory)
    if not findings and is_known:
        findings = _wrong_page(letter, files, must_confine=template not in SHIPPED)
    if findings:
        return CertificateReport("", (), Failed(tuple(findings)))
    clock, now = clock_of(files[CONTENT]), now or datetime.now(UTC)
    stood = _standing(ledger, _in_ledger(letter, files, issued), memory, at, now)
    if stood.findings:
        return CertificateReport("", (), Failed(stood.findings))
    remarks = (*_remarks(letter, issued, files[CONTENT], trusted), *stood.remarks)
    late = shortfalls_at(letter.times, _last_day(files[CONTENT]), at, now, clock)
    number = issued.message["data"]["number"]
    unsure = [*([] if is_known else [_not_run(template)]), *_anybodys(letter, trusted)]
    shortfalls = (*issued.comparison.shortfalls, *late, *stood.shortfalls, *unsure)
    return CertificateReport(number, remarks, Matching() if is_known else Included(), shortfalls)


def _adopted(comparison: Comparison, memory: Memory) -> frozenset[str]:
    # Of a ledger whose keys were compared with nothing, nothing is run.
    if comparison.shortfalls:
        return frozenset()
    return memory.templates(log.key.name for log in comparison.policy.logs)


def _last_day(content: bytes) -> str | None:
    until = json.loads(content)["valid_until"]
    return None if until is None else str(until)


def _trusted(authority: bytes | None, signatories: bytes | None) -> TrustedAuthorities:
    return TrustedAuthorities(_certificates(authority, "--ca"), _certificates(signatories, "--signatories"))


def _anybodys(letter: LetterFile, trusted: TrustedAuthorities) -> list[Shortfall]:
    """A personal signature whose certificate anybody can have made."""
    is_known = letter.signers.official is None or trusted.signatories is not None
    return [] if is_known else [_ANY_SIGNATORY]


def _certificates(data: bytes | None, option: str) -> list[x509.Certificate] | None:
    if data is None:
        return None
    try:
        several = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        certificates: list[x509.Certificate] = [x509.Certificate.load(der, strict=True) for der in several]
        for certificate in certificates:
            assert certificate.subject.dump()
    except (ValueError, TypeError) as error:
        raise VerifyError(
            f"The file of {option} is no certificate (PEM or DER).",
            f"Berkas {option} bukan sertifikat (PEM atau DER).",
        ) from error
    return certificates


def _failed(file: str, why: Sentence) -> CertificateReport:
    return CertificateReport("", (), Failed((CheckFinding(file, why),)))


def _no_letter(error: LetterFileError) -> CertificateReport:
    unsigned = (_UNSIGNED,) if isinstance(error, PersonalSignatureMissingError) else ()
    return replace(_failed("PDF", error.sentence), shortfalls=unsigned)


def _proven(files: Mapping[str, bytes], comparison: Comparison | None) -> _Issued:
    assert comparison is not None, "the letter brings a policy along"
    proof = parse_proof(files[PROOF])
    endorsement = verify_proof(proof, files[MESSAGE], comparison.policy, int(time.time()))
    parse_message(files[MESSAGE])
    return _Issued(json.loads(files[MESSAGE]), proof.index, endorsement, comparison)


def _retired(files: Mapping[str, bytes], issued: _Issued) -> list[CheckFinding]:
    checkpoint, comparison = parse_proof(files[PROOF]).checkpoint, issued.comparison
    found = rotation_findings(comparison.rotations, checkpoint, comparison.policy)
    return [CheckFinding(PROOF, finding.why, finding.index) for finding in found]


def _unbound(files: Mapping[str, bytes], issued: _Issued) -> list[CheckFinding]:
    data = issued.message.get("data")
    if issued.message["type"] not in ISSUES or not isinstance(data, dict):
        return [CheckFinding(MESSAGE, _OTHER_MESSAGE)]
    named = {CONTENT: data.get("content"), TEMPLATE: data.get("template")}
    return [
        CheckFinding(file, _NOT_BOUND)
        for file, digest in named.items()
        if sha256(files[file]).hexdigest() != digest
    ]


def _wrong_code(files: Mapping[str, bytes], issued: _Issued) -> list[CheckFinding]:
    try:
        content = json.loads(files[CONTENT])
        key = Verifier(parse_vkey(content["code_key"]))
        code = open_code(files[CODE].decode(), content["address"], key)
        expected = _code(content, files[CONTENT], issued.message)
        expected = replace(expected, goods=_goods(content, code))
    except (LogError, KeyError, TypeError, ValueError) as error:
        return [CheckFinding(CODE, refused(ValueError(*error.args)))]
    return [] if code == expected else [CheckFinding(CODE, _OTHER_CODE)]


def _code(content: Mapping[str, Any], rendered: bytes, message: Mapping[str, Any]) -> Code:
    number, kind = message["data"]["number"], message["data"]["kind"]
    until, bound = content["valid_until"] or "-", sha256(rendered).hexdigest()
    return Code(number, kind, message["time"], until, content["holder"]["name"], bound)


def _goods(content: Mapping[str, Any], code: Code) -> CodeGoods | None:
    """The products that the code must carry; how many of them it lists is the office's choice."""
    if content.get("code_format", "v1") == "v1":
        return None
    products = [CodeProduct(each["product"], each["batch"], each["quantity"]) for each in content["products"]]
    return CodeGoods.of(products, 0 if code.goods is None else len(code.goods.listed))


def _wrong_page(letter: LetterFile, files: Mapping[str, bytes], *, must_confine: bool) -> list[CheckFinding]:
    try:
        page = make_page({**files, PICTURE: _picture(files[CODE].decode())}, must_confine=must_confine)
        _require_same_maker(letter, page)
        letter.require_page(page)
    except LetterFileError as error:
        return [CheckFinding("PDF", error.sentence)]
    except PageError as error:
        return [CheckFinding(TEMPLATE, refused(ValueError(str(error))))]
    return []


def _picture(code: str) -> bytes:
    picture = BytesIO()
    parts: Any = [*parts_of_code(code)]
    segno.make_qr(parts, error="m", boost_error=False).save(picture, kind="svg", border=4, xmldecl=False)
    return picture.getvalue()


def _require_same_maker(letter: LetterFile, page: bytes) -> None:
    here = creator_of(page)
    if letter.creator != here and not letter.data.startswith(page):
        raise VerifyError(
            f"This letter was made with {letter.creator}, and here is {here}: its page can't be compared. "
            "Install that version of the package typst.",
            f"Surat ini dibuat dengan {letter.creator}, sedangkan di sini {here}: halamannya tidak dapat dibandingkan. "
            "Pasang paket typst versi itu.",
        )


def _remarks(
    letter: LetterFile, issued: _Issued, content: bytes, trusted: TrustedAuthorities
) -> list[Sentence]:
    policy = issued.comparison.policy
    remarks = [*log_names(policy), issued.comparison.remark]
    remarks += [NO_WITNESS] if policy.quorum == NO_QUORUM else []
    remarks += witnesses_named([issued.endorsement])
    remarks += [] if trusted.office is not None else [_ANY_AUTHORITY]
    return [
        *remarks,
        remark_of(letter.times, clock_of(content)),
        Sentence(
            f"Entry {issued.index} of the ledger issued it. The seal says: {letter.signers.seal}.",
            f"Entri {issued.index} buku besar menerbitkannya. Segel menyebut: {letter.signers.seal}.",
        ),
        *_signatory(letter, content, is_anybodys=bool(_anybodys(letter, trusted))),
    ]


def _signatory(letter: LetterFile, content: bytes, *, is_anybodys: bool) -> Iterator[Sentence]:
    """Name who signed personally: as the letter states it, and as the certificate does, which anybody can make."""
    signers, stated = letter.signers, json.loads(content)["signer"]
    if signers.official is not None:
        named, position = stated["name"], stated["position"]
        begin = Sentence("Signed personally", "Ditandatangani secara pribadi")
        if is_anybodys:
            begin = Sentence(
                "It has a personal signature, and whose it is was not checked",
                "Surat ini bertanda tangan pribadi, dan milik siapa tidak diperiksa",
            )
        yield Sentence(
            f"{begin.en}, by the letter: {named}, {position}; by the certificate: {signers.official}, certified by"
            f" {signers.official_certified_by}. Compare the two.",
            f"{begin.id}, menurut surat: {named}, {position}; menurut sertifikat: {signers.official}, disahkan oleh"
            f" {signers.official_certified_by}. Bandingkan keduanya.",
        )


def _in_ledger(letter: LetterFile, files: Mapping[str, bytes], issued: _Issued) -> LetterInLedger:
    return LetterInLedger(
        message=files[MESSAGE],
        index=issued.index,
        file=sha256(letter.data).hexdigest(),
        valid_until=_last_day(files[CONTENT]),
        clock=clock_of(files[CONTENT]),
        checkpoint=issued.endorsement.checkpoint,
        policy=issued.comparison.policy,
    )


def _standing(
    ledger: LetterLedger | None, letter: LetterInLedger, memory: Memory, at: datetime | None, now: datetime
) -> LedgerStanding:
    if ledger is not None:
        return standing_in(ledger, letter, memory, at, now)
    network = Sentence(
        "This does not say that it is valid today: only the network, or the ledger (--ledger), can tell whether it was suspended or revoked or"
        f" replaced by a newer letter since, and whether this is the file that was sealed: {letter.file}",
        "Ini tidak menyatakan bahwa surat berlaku hari ini: hanya jaringan, atau buku besar (--ledger), yang dapat mengatakan apakah surat"
        f" kemudian dibekukan, dicabut, atau diganti dengan surat baru, dan apakah ini berkas yang disegel: {letter.file}",
    )
    return LedgerStanding((network,))


def _not_run(template: str) -> Shortfall:
    return Shortfall(
        ExitStatus.NOT_READ,
        Sentence(
            f"The page was not compared: its template ({template}) is not known here, and a program that is not known is not run. Install a"
            " newer zi-verify, or replay the office's ledger with an auditor's token (zi-verify log), which learns what it adopted.",
            f"Halamannya tidak dibandingkan: templatnya ({template}) tidak dikenal di sini, dan program yang tidak dikenal tidak dijalankan."
            " Pasang zi-verify yang lebih baru, atau putar ulang buku besar kantor dengan token auditor (zi-verify log), yang mencatat"
            " apa yang dipakainya.",
        ),
    )


_UNSIGNED = Shortfall(
    ExitStatus.NOT_SIGNED_PERSONALLY,
    Sentence(
        "Its signatory has not signed it, as far as this file proves: the office's seal alone does not make it a letter.",
        "Menurut berkas ini, penanda tangannya belum menandatanganinya: segel kantor saja tidak menjadikannya surat.",
    ),
)
_OTHER_MESSAGE = Sentence("this entry issues no letter", "entri ini tidak menerbitkan surat")
_NOT_BOUND = Sentence(
    "the entry that issued the letter names another digest",
    "entri yang menerbitkan surat menyebut digest lain",
)
_OTHER_CODE = Sentence(
    "the code says something else than the letter", "kode mengatakan hal lain daripada surat ini"
)
_ANY_SIGNATORY = Shortfall(
    ExitStatus.NOT_COMPARED,
    Sentence(
        "Whose personal signature it is was not checked: anybody can make such a certificate. Give the certificates of who certifies signatories with"
        " --signatories.",
        "Milik siapa tanda tangan pribadinya tidak diperiksa: siapa pun dapat membuat sertifikat seperti itu. Berikan sertifikat yang mengesahkan"
        " penanda tangan dengan --signatories.",
    ),
)
_ANY_AUTHORITY = Sentence(
    "Nobody was asked who holds the keys of its signatures: give their authorities' certificates with --ca.",
    "Pemilik kunci tanda tangannya tidak ditanyakan: berikan sertifikat otoritasnya dengan --ca.",
)
