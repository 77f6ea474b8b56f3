"""What the rule data says is named in the reader's language."""

from tests.certificates.inside import DEMO_RULES

from zi_certificates.use_cases.rulebook import load_rulebook
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.web.language import Catalogue
from zi_rules.certificate.finding import PLAIN
from zi_rules.certificate.reason import load_sentences
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
