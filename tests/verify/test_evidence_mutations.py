"""A small sample of what `make soak` does a thousand times: whatever is changed in evidence is found and named."""

from datetime import timedelta

import pytest
from tests.tlog.sample_evidence import BEGIN, POLICY, SampleCase
from tests.verify.evidence_mutations import Mutator

from zi_verify.receipt import check_receipt
from zi_verify.verdict import Failed, Matching

NOW = int((BEGIN + timedelta(days=7)).timestamp())
MUTATOR = Mutator(SampleCase(280, checkpoint_every=40), seed=11)


def test_the_case_itself_holds() -> None:
    assert check_receipt(MUTATOR.whole, POLICY, NOW).verdict == Matching()


@pytest.mark.parametrize("number", range(36))
def test_whatever_is_changed_is_found_and_named(number: int) -> None:
    mutation = MUTATOR.mutation(number)
    verdict = check_receipt(mutation.data, POLICY, NOW).verdict
    assert isinstance(verdict, Failed), mutation.kind
    texts = [finding.render("en") for finding in verdict.findings]
    for named in mutation.named:
        assert any(named in each for each in texts), (mutation.kind, named, texts[:5])
