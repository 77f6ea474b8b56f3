"""An invented letter, the ledger that issued it, and its seal."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.verify.sample_log import POLICY, SampleLog, Sender

from zi_certificates.letters.content import (
    CertificateContent,
    CertificateSignatory,
    LetterAnalysis,
    LetterProduct,
    LetterResult,
    WordingPin,
)
from zi_letters.content import BilingualText, LabelledLine, OfficeParty, Party, digest
from zi_letters.local_authority import LocalAuthority, make_authority
from zi_letters.rendering import IssuingEntry, unsealed_page
from zi_rules.configuration import Configuration
from zi_rules.letter_template import load_letter_templates
from zi_tlog.note import Signer

NOW = datetime.now(UTC).replace(microsecond=0)
TEMPLATE = load_letter_templates()[0].content
CODE_KEY = Signer("ledger.example/letters", bytes(range(64, 96)))
ADDRESS = "https://office.example/certificates/verify/"
CONTENT = CertificateContent(
    salt="5a" * 32,
    title=BilingualText(id="Surat Keterangan Impor", en="Import letter"),
    office=OfficeParty(name="Balai POM Contoh", address="Jalan Contoh 1, Tarakan"),
    holder=Party(name="PT Contoh Rasa", address="Jalan Rasa 2, Tarakan"),
    statement=BilingualText(
        id="Produk berikut memenuhi syarat impor.", en="The products below may be imported."
    ),
    facts=(LabelledLine(label=BilingualText(id="Pelabuhan", en="Port"), value="Tarakan"),),
    products=(
        LetterProduct(
            product="Sambal Contoh",
            registration_number="ML 123456789012",
            hs_code="21039000",
            batch="B-17",
            manufactured=date(2026, 6, 30),
            expires=date(2027, 6, 30),
            quantity="10 karton",
        ),
        LetterProduct(
            product="Bahan Contoh",
            registration_number=None,
            hs_code="21069099",
            batch="B-18",
            manufactured=date(2026, 7, 31),
            expires=date(2027, 7, 31),
            quantity="2,5 kg",
        ),
    ),
    analyses=(
        LetterAnalysis(
            number=1,
            dated=date(2026, 7, 1),
            batch="B-17",
            results=(LetterResult(parameter="timbal", result="0,1 mg/kg", method=None),),
        ),
        LetterAnalysis(number=2, dated=date(2026, 8, 1), batch=None, results=()),
    ),
    legal_bases=(BilingualText(id="Peraturan Contoh 1", en="Example Regulation 1"),),
    validity=BilingualText(id="Untuk satu pengiriman", en="For one shipment"),
    valid_until=date(2027, 1, 31),
    signer=CertificateSignatory(name="Pejabat Contoh", position="Kepala Balai", nip="198001012005011001"),
    wording=WordingPin(version=2, digest="0" * 64),
    address=ADDRESS,
    code_key=CODE_KEY.key.vkey,
)
_LATER = (
    "code_format",
    "letterhead",
    "layout",
    "number_format",
    "legal_bases",
    "validity",
    "analyses",
    "wording",
    "is_sample",
)


def _content_before() -> bytes:
    """Write the content as letters had it before codes carried products."""
    fields = json.loads(CONTENT.render())
    for name in _LATER:
        del fields[name]
    del fields["signer"]["nip"]
    for product in fields["products"]:
        del product["manufactured"]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


CONTENT_BEFORE = _content_before()


def before() -> Configuration:
    """Return the template of those letters."""
    return next(each for each in load_letter_templates() if each.version == 1)


def message(
    content: CertificateContent | bytes = CONTENT, template: bytes | None = None, **fields: Any
) -> bytes:
    """The entry that issues the letter, with the data that the kept example has."""
    example = Path(__file__).parents[1] / "contracts/examples/zi.certificates.certificate_issued.json"
    data = json.loads(example.read_bytes())["data"]
    rendered = content if isinstance(content, bytes) else content.render()
    bound = {"content": digest(rendered), "template": digest(template or TEMPLATE)}
    return Sender("/zi/contoh/certificates").say(
        "zi.certificates.certificate_issued", **{**data, **bound, **fields}
    )


def issued(folder: Path, entry: bytes | None = None) -> IssuingEntry:
    log = SampleLog(folder, [message() if entry is None else entry])
    return IssuingEntry(log.entries[0], log.receipt(0), POLICY.format())


def unsealed(folder: Path, content: CertificateContent = CONTENT, entry: bytes | None = None) -> bytes:
    return unsealed_page(content.render(), TEMPLATE, issued(folder, entry), CODE_KEY)


def authority() -> LocalAuthority:
    return make_authority("Otoritas Contoh", NOW)
