"""An invented letter, the ledger that issued it, and its seal."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.verify.sample_log import POLICY, SampleLog, Sender

from zi_certificates.letter import Both, Content, Fact, Issued, Person, Place, Product, digest, page, template
from zi_certificates.own_authority import OwnAuthority, own_authority
from zi_tlog.note import Signer

NOW = datetime.now(UTC).replace(microsecond=0)
CODE_KEY = Signer("ledger.example/letters", bytes(range(64, 96)))
ADDRESS = "https://office.example/certificates/verify/"
CONTENT = Content(
    salt="5a" * 32,
    title=Both(id="Surat Keterangan Impor", en="Import letter"),
    office=Place(name="Balai POM Contoh", address="Jalan Contoh 1, Tarakan"),
    holder=Place(name="PT Contoh Rasa", address="Jalan Rasa 2, Tarakan"),
    statement=Both(id="Produk berikut memenuhi syarat impor.", en="The products below may be imported."),
    facts=(Fact(label=Both(id="Pelabuhan", en="Port"), value="Tarakan"),),
    products=(
        Product(
            product="Sambal Contoh",
            registration_number="ML 123456789012",
            hs_code="21039000",
            batch="B-17",
            expires=date(2027, 6, 30),
            quantity="10 karton",
        ),
        Product(
            product="Bahan Contoh",
            registration_number=None,
            hs_code="21069099",
            batch="B-18",
            expires=date(2027, 7, 31),
            quantity="2,5 kg",
        ),
    ),
    valid_until=date(2027, 1, 31),
    signer=Person(name="Pejabat Contoh", position="Kepala Balai"),
    address=ADDRESS,
    code_key=CODE_KEY.key.vkey,
)


def message(content: Content = CONTENT, shown_by: bytes | None = None, **said: Any) -> bytes:
    """The entry that issues the letter, with the data that the kept example has."""
    example = Path(__file__).parents[1] / "contracts/examples/zi.certificates.certificate_issued.json"
    data = json.loads(example.read_bytes())["data"]
    bound = {"content": digest(content.render()), "template": digest(shown_by or template())}
    return Sender("/zi/contoh/certificates").say(
        "zi.certificates.certificate_issued", **{**data, **bound, **said}
    )


def issued(folder: Path, entry: bytes | None = None) -> Issued:
    log = SampleLog(folder, [message() if entry is None else entry])
    return Issued(log.entries[0], log.receipt(0), POLICY.format())


def unsealed(folder: Path, content: Content = CONTENT, entry: bytes | None = None) -> bytes:
    return page(content, template(), issued(folder, entry), CODE_KEY)


def authority() -> OwnAuthority:
    return own_authority("Otoritas Contoh", NOW)
