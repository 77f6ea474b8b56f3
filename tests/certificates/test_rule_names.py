"""What the rule data says is named in the reader's language."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.certificates.inside import DEMO_RULES

from zi_certificates.use_cases.rulebook import load_rulebook
from zi_certificates.web.rule_names import REMARK, CertificateRuleNames
from zi_chassis.web.language import Catalogue
from zi_rules.certificate.finding import PLAIN
from zi_rules.certificate.reason import load_sentences

RULEBOOK = load_rulebook(DEMO_RULES)
CATALOGUE = Catalogue("zi_certificates")


def naming(language: str) -> CertificateRuleNames:
    def say(msgid: str, /, **values: object) -> str:
        return CATALOGUE.translate(language, msgid, **values)

    return CertificateRuleNames(RULEBOOK.sets[0], load_sentences()[0], language, say)


def sources(told: Any) -> Iterator[str]:
    """Of every rule that is written down anywhere."""
    if isinstance(told, dict):
        for name, value in told.items():
            yield from [value] if name == "source" else sources(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from sources(value)


SOURCES = sorted({each for rules in RULEBOOK.sets for each in sources(rules.model_dump())})


def test_a_source_is_cited_by_hosts_and_remarks_in_the_readers_language() -> None:
    source = "https://asiacommerce.id/blog/ski (consultant; not seen in a regulation)"
    assert naming("en").cited(source) == [
        ("asiacommerce.id", "https://asiacommerce.id/blog/ski"),
        (" (consultant; not seen in a regulation)", None),
    ]
    assert naming("id").cited(source)[1] == (" (konsultan; belum dilihat dalam peraturan)", None)


@pytest.mark.parametrize("source", SOURCES)
def test_every_remark_of_a_source_is_told_in_indonesian(source: str) -> None:
    english = [text for text, address in naming("en").cited(source) if address is None]
    indonesian = [text for text, address in naming("id").cited(source) if address is None]
    for first, other in zip(english, indonesian, strict=True):
        found = REMARK.fullmatch(first)
        assert found is not None
        assert not found[2] or first != other


def test_what_nobody_has_translated_stays_as_it_is() -> None:
    assert naming("id").cited("Said by nobody") == [("Said by nobody", None)]
    assert naming("id").cited(PLAIN.source) == [("Mengikuti dari isian", None)]


def test_a_quantity_has_the_comma_or_point_of_the_language() -> None:
    assert [naming(language).value("quantity", "1200.5") for language in ("id", "en")] == ["1200,5", "1200.5"]
