"""An invented letter, the ledger that issued it, and its seal."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.verify.sample_log import POLICY, SampleLog, Sender

from zi_certificates.letters.content import CertificateContent, LetterProduct
from zi_letters.content import BilingualText, LabelledLine, Party, Signatory, digest
from zi_letters.local_authority import LocalAuthority, make_authority
from zi_letters.rendering import IssuingEntry, unsealed_page
from zi_rules.letter_template import load_letter_templates
from zi_tlog.note import Signer

NOW = datetime.now(UTC).replace(microsecond=0)
TEMPLATE = load_letter_templates()[0].content
CODE_KEY = Signer("ledger.example/letters", bytes(range(64, 96)))
ADDRESS = "https://office.example/certificates/verify/"
CONTENT = CertificateContent(
    salt="5a" * 32,
    title=BilingualText(id="Surat Keterangan Impor", en="Import letter"),
    office=Party(name="Balai POM Contoh", address="Jalan Contoh 1, Tarakan"),
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
            expires=date(2027, 6, 30),
            quantity="10 karton",
        ),
        LetterProduct(
            product="Bahan Contoh",
            registration_number=None,
            hs_code="21069099",
            batch="B-18",
            expires=date(2027, 7, 31),
            quantity="2,5 kg",
        ),
    ),
    valid_until=date(2027, 1, 31),
    signer=Signatory(name="Pejabat Contoh", position="Kepala Balai"),
    address=ADDRESS,
    code_key=CODE_KEY.key.vkey,
)


def message(content: CertificateContent = CONTENT, template: bytes | None = None, **fields: Any) -> bytes:
    """The entry that issues the letter, with the data that the kept example has."""
    example = Path(__file__).parents[1] / "contracts/examples/zi.certificates.certificate_issued.json"
    data = json.loads(example.read_bytes())["data"]
    bound = {"content": digest(content.render()), "template": digest(template or TEMPLATE)}
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
