"""Answers of an applicant, each to a thing that the office asked for."""

from typing import Any

import pytest
from tests.certificates.officials import item
from tests.certificates.steps import product, statement

from zi_certificates.domain.answering import is_document, unanswered
from zi_certificates.domain.statement import Document, Statement
from zi_contracts.certificates import PublishedFinding

BEFORE = statement()
COA = Document(kind="certificate_of_analysis", file=item("coa"), products=(1,))


def wanted(where: str, number: int | None = None) -> PublishedFinding:
    return PublishedFinding(reason="answer_insufficient", where=where, item=number)


def left(ask: PublishedFinding, now: Statement, *words: PublishedFinding, account: bool = False) -> bool:
    return unanswered((ask,), BEFORE, now, words, account_changed=account) == (ask,)


@pytest.mark.parametrize(
    ("ask", "change"),
    [
        (wanted("batch", 1), {"products": (product(batch="B-002"),)}),
        (wanted("batch"), {"products": (product(batch="B-002"),)}),
        (wanted("items"), {"products": (product(), product(2))}),
        (wanted("items", 1), {"products": (product(batch="B-002"),)}),
        (wanted("batch", 1), {"products": (product(2),)}),
        (wanted("analysis.results", 1), {"products": (product().model_copy(update={"analysis": None}),)}),
        (wanted("country"), {"country": "MY"}),
        (wanted("annex_fields.buyer"), {"annex_fields": {"buyer": "PT X"}}),
        (wanted("annex_fields"), {"annex_fields": {"buyer": "PT X"}}),
        (wanted("documents.certificate_of_analysis", 1), {"documents": (*BEFORE.documents, COA)}),
        (wanted("documents.msds/certificate_of_analysis"), {"documents": (*BEFORE.documents, COA)}),
        (wanted("documents"), {"documents": (*BEFORE.documents, COA)}),
    ],
)
def test_a_change_at_the_place_or_a_new_document_answers(
    ask: PublishedFinding, change: dict[str, Any]
) -> None:
    assert left(ask, BEFORE)
    assert not left(ask, BEFORE.model_copy(update=change))


@pytest.mark.parametrize(
    ("ask", "change"),
    [
        (wanted("batch", 2), {"products": (product(batch="B-002"),)}),
        (wanted("expires", 1), {"products": (product(batch="B-002"),)}),
        (wanted("items"), {"country": "MY"}),
        (wanted("annex_fields.buyer"), {"annex_fields": {"buyer": "none", "broker": "PT Y"}}),
        (wanted("documents.invoice"), {"documents": (*BEFORE.documents, COA)}),
        (wanted("documents.invoice"), {"documents": ()}),
        (wanted("documents.certificate_of_analysis", 2), {"documents": (*BEFORE.documents, COA)}),
        (wanted("account"), {"country": "MY"}),
    ],
)
def test_something_else_does_not(ask: PublishedFinding, change: dict[str, Any]) -> None:
    assert left(ask, BEFORE.model_copy(update=change))


def test_words_answer_everything_but_a_document() -> None:
    assert not left(wanted("batch", 1), BEFORE, wanted("batch", 1))
    assert left(wanted("batch", 1), BEFORE, wanted("batch", 2))
    assert left(wanted("documents.invoice"), BEFORE, wanted("documents.invoice"))
    assert is_document(wanted("documents.invoice"))
    assert not is_document(wanted("batch", 1))


def test_the_account_answers_for_its_own_parts_alone() -> None:
    assert not left(wanted("account"), BEFORE, account=True)
    assert not left(wanted("hs_code", 1), BEFORE, account=True)
    assert left(wanted("batch", 1), BEFORE, account=True)
