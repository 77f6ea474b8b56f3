"""What the rule data says is named in the reader's language."""

import pytest
from tests.certificates.inside import DEMO_RULES

from zi_certificates.use_cases.rulebook import load_rulebook
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.web.language import Catalogue
from zi_rules.certificate.finding import PLAIN, found
from zi_rules.certificate.reason import FindingReason, load_sentences
from zi_rules.provenance import Sourced, SourceStatus

RULEBOOK = load_rulebook(DEMO_RULES)
CATALOGUE = Catalogue("zi_certificates")


def naming(language: str) -> CertificateRuleNames:
    def say(msgid: str, /, **values: object) -> str:
        return CATALOGUE.translate(language, msgid, **values)

    return CertificateRuleNames(RULEBOOK.sets[0], load_sentences()[0], language, say)


def test_a_source_is_cited_by_hosts_without_the_remarks_of_whoever_looked_for_it() -> None:
    source = "https://asiacommerce.id/blog/ski (consultant; not seen in a regulation)"
    read = Sourced(source=source, source_status=SourceStatus.VERIFIED)
    assert naming("en").cited(read) == [("asiacommerce.id", "https://asiacommerce.id/blog/ski")]
    assert naming("en").cited(read.model_copy(update={"source_status": SourceStatus.UNVERIFIED})) == []
    assert naming("id").cited(PLAIN) == [("Mengikuti dari isian", None)]


def test_a_quantity_has_the_comma_or_point_of_the_language() -> None:
    assert [naming(language).value("quantity", "1200.5") for language in ("id", "en")] == ["1200,5", "1200.5"]


@pytest.mark.parametrize(
    ("where", "text", "indonesian", "english"),
    [
        ("expires", "2028-08-02", "2 Agu 2028", "2 Aug 2028"),
        ("analysis.dated", "2026-10-05", "5 Okt 2026", "5 Oct 2026"),
        ("country", "CN", "Tiongkok (CN)", "China (CN)"),
        ("country", "XX", "XX", "XX"),
        ("batch", "2026-13", "2026-13", "2026-13"),
    ],
)
def test_a_day_and_a_country_are_written_as_the_reader_writes_them(
    where: str, text: str, indonesian: str, english: str
) -> None:
    assert [naming(language).value(where, text) for language in ("id", "en")] == [indonesian, english]


@pytest.mark.parametrize(
    ("reason", "where", "what", "expected", "indonesian", "english"),
    [
        (
            "wrong_track",
            "kinds",
            "ski_border",
            "pangan_olahan",
            ("SKI Border", "SKI Post Border"),
            ("Import letter (SKI Border)", "Import letter (SKI Post Border)"),
        ),
        (
            "wrong_track",
            "kinds",
            "ske_cpkb",
            "pangan_olahan",
            (
                "SKE: Surat Keterangan Sertifikat CPKB",
                "SKE: Sertifikat Kesehatan; SKE: Sertifikat Bebas Jual",
            ),
            None,
        ),
        (
            "kinds_do_not_combine",
            "kinds",
            "ski_border, ski_post_border",
            "",
            ("SKI Border; SKI Post Border", ""),
            None,
        ),
        (
            "registration_of_other_commodity",
            "registration_number",
            "kosmetik",
            "obat",
            ("Kosmetik", "Obat"),
            None,
        ),
        (
            "expired",
            "expires",
            "2026-11-02",
            ">= 2026-12-03",
            ("2 Nov 2026", "3 Des 2026 atau sesudahnya"),
            ("2 Nov 2026", "3 Dec 2026 or later"),
        ),
        (
            "dates_out_of_order",
            "expires",
            "2026-11-02",
            "> 2026-12-03",
            ("2 Nov 2026", "setelah 3 Des 2026"),
            None,
        ),
        ("too_many_items", "items", "21", "<= 20", ("21", "paling banyak 20"), ("21", "at most 20")),
        (
            "shelf_life_too_short",
            "expires",
            "1999/3000",
            ">= 2/3",
            ("66,6 %", "sedikitnya 2/3"),
            ("66.6 %", "at least 2/3"),
        ),
        ("annex_incomplete", "annex_fields.gacc_registration", "CN", "", ("Tiongkok (CN)", ""), None),
        (
            "not_amendable",
            "pack",
            "drum",
            "batch, port",
            ("drum", "Bets; Pelabuhan"),
            ("drum", "Batch; Port"),
        ),
    ],
)
def test_what_a_rule_found_is_written_without_codes(
    reason: str,
    where: str,
    what: str,
    expected: str,
    indonesian: tuple[str, str],
    english: tuple[str, str] | None,
) -> None:
    finding = found(FindingReason(reason), PLAIN, where, what=what, expected=expected)
    for language, texts in (("id", indonesian), ("en", english)):
        if texts is not None:
            assert (naming(language).stated(finding), naming(language).wanted(finding)) == texts
