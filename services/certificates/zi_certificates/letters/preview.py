"""Letters with sample data in the wording of an office's files, to be looked at before the office starts with them.

A preview is marked across each page, has no seal, no ledger entry and no code that anything verifies."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

from zi_certificates.domain.statement import StatedAnalysis, StatedProduct, Statement, TestResult
from zi_certificates.letters.content import (
    CertificateContent,
    CertificateSignatory,
    CompliantApplication,
    IssuingOffice,
    content_of,
    signatory,
)
from zi_letters.content import Party
from zi_letters.issuing_party import party_of
from zi_letters.rendering import page_of
from zi_rules.certificate.kind import CertificateKind, Direction, Goods
from zi_rules.certificate.letter_wording import LetterWording, load_letter_wording
from zi_rules.certificate.rule_set import CertificateRules, load_certificate_rules, rules_in_force
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.letter_template import load_letter_templates
from zi_rules.office import load_office
from zi_tlog.letter import CODE, CONTENT, IN_QUERY, MESSAGE, POLICY, PROOF, TEMPLATE

ADDRESS = "https://contoh.invalid/certificates/verify/"
DAY = date(2026, 12, 1)
HOLDER = Party(name="PT Contoh Pemegang Surat", address="Jalan Contoh 1, Kota Contoh")
PRODUCER = "CV Contoh Produsen, Jalan Contoh 2, Kota Contoh"
CONSIGNEE = "Example Consignee Ltd, 3 Example Road, Example City"
NOTHING = b"This is a sample: nothing was issued.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a PDF for each kind of letter; return 2 where the office's files can't be used."""
    parser = argparse.ArgumentParser(prog="python -m zi_certificates.letters.preview", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="where the previews are written, one PDF for each kind of letter"
    )
    parser.add_argument(
        "--rules", type=Path, help="the office's folder of rules (ZI_RULES); without it what is shipped"
    )
    options = parser.parse_args(arguments)
    try:
        office = load_office(options.rules)
        [wording, *_] = load_letter_wording(options.rules)
        rules = rules_in_force(load_certificate_rules(options.rules), DAY)
    except UnusableConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    at_noon = datetime.combine(DAY, time(12), office.data.timezone)
    options.folder.mkdir(parents=True, exist_ok=True)
    for kind, content in sample_contents(
        IssuingOffice(party_of(office, at_noon), ADDRESS, "contoh", wording), rules
    ):
        (options.folder / f"{kind}.pdf").write_bytes(preview(kind, content))
    print(
        f"{len(CertificateKind)} previews of {wording.id} version {wording.version} are in {options.folder}."
    )
    return 0


def sample_contents(
    issuer: IssuingOffice, rules: CertificateRules
) -> Iterator[tuple[CertificateKind, CertificateContent]]:
    for kind in CertificateKind:
        applied = CompliantApplication(
            ticket="CONTOH",
            statement=_statement(kind, rules),
            replaces=None,
            holder=HOLDER,
            producer=PRODUCER,
            consignee=CONSIGNEE,
        )
        signer = _signer(issuer.wording)
        content = content_of(kind, applied, issuer, signer, DAY, rules, "00" * 32)
        yield kind, content.model_copy(update={"is_sample": True})


def preview(kind: CertificateKind, content: CertificateContent) -> bytes:
    """Make the page as it would be sealed, with a number that no register gives."""
    number = f"{'SKI' if kind.direction is Direction.IMPORT else 'SKE'}-0000-000000"
    issued = {"time": f"{DAY}T01:00:00.000000Z", "data": {"number": number, "kind": kind}}
    return page_of(
        {
            CONTENT: content.render(),
            TEMPLATE: load_letter_templates()[0].content,
            CODE: f"{ADDRESS}{number}{IN_QUERY}CONTOH".encode(),
            MESSAGE: json.dumps(issued).encode(),
            PROOF: NOTHING,
            POLICY: NOTHING,
        }
    )


def _signer(wording: LetterWording) -> CertificateSignatory:
    """Name the first signatory that the wording knows, or one whom it does not."""
    official = next((each.official for each in wording.signatories), "")
    return signatory("Pejabat Contoh", "staff:head", wording, is_acting=False, official=official)


def _statement(kind: CertificateKind, rules: CertificateRules) -> Statement:
    goods = next(
        each for track in rules.tracks if kind in track.kinds for each in Goods if each in track.goods
    )
    annex = next((each for each in rules.annexes if each.covers(kind, goods)), None)
    return Statement(
        kinds=(kind,),
        goods=goods,
        country="MY" if annex is None else annex.country,
        annex_fields=dict.fromkeys(annex.fields if annex else (), "CONTOH 0123"),
        products=tuple(_product(number) for number in (1, 2)),
    )


def _product(number: int) -> StatedProduct:
    tested = TestResult(parameter="Timbal (Pb) / Lead", result="< 0,1 mg/kg", method="AAS")
    return StatedProduct(
        number=number,
        product=f"Produk Contoh {number}",
        registration_number="CONTOH 123456789012",
        hs_code="21039012",
        batch=f"B-00{number}",
        manufactured=date(2026, 6, 1),
        expires=date(2028, 6, 1),
        quantity=Decimal("1200.5"),
        unit="kg",
        pack="karton isi 12 botol",
        country="MY",
        port="Pelabuhan Contoh",
        invoice="INV-CONTOH-1",
        transport_document="BL-CONTOH-1",
        analysis=StatedAnalysis(dated=date(2026, 6, 3), batch=f"B-00{number}", results=(tested,)),
    )


if __name__ == "__main__":
    sys.exit(main())
