"""In whose name a letter is signed."""

import json

from tests.certificates.inside import Inside
from tests.certificates.officials import named

from zi_certificates.domain.application.events import (
    LettersSigned,
)
from zi_chassis.access.identity import Staff

SIGNER = Staff(sub="signer-budi", name="Budi Contoh", roles=frozenset({"signer"}), token="opaque", expires=0)


async def test_a_letter_is_in_the_name_that_an_officer_has_verified(inside: Inside) -> None:
    """Whatever a later request of the company calls it, and whoever has moved the account since."""
    first = await inside.paid("one")
    await inside.office.deciding.take_next(inside.evaluator(), None)
    second = await inside.paid("two", account=first.ticket)
    for official in ("evaluator-eko", "evaluator-ida"):
        evaluator = inside.evaluator(official)
        taken = await inside.office.deciding.take_next(evaluator, None)
        assert taken.state.draft is not None
        await inside.office.deciding.pass_evaluation(second.ticket, evaluator, None, taken.state.revision)
    revision = (await inside.state(second)).revision
    done = await inside.office.signing.sign(second.ticket, inside.signer(), named("key"), revision, SIGNER)
    signed = done.recorded[0].event
    assert isinstance(signed, LettersSigned)
    [letter] = signed.letters
    assert letter.item is not None
    ticket, field, content = inside.vault.plain[letter.item.item]
    assert (ticket, field) == (second.ticket, "letter.content")
    assert json.loads(content)["holder"]["name"] == "PT one"


async def test_a_letter_prints_producer_and_consignee_of_the_revision_that_is_signed(inside: Inside) -> None:
    request = await inside.requested("one")
    await inside.verified(request)
    await inside.drafted(request)
    applying, by = inside.office.applying, inside.citizen(request)
    for stated in (
        {"letter.producer": "CV Lama"},
        {"letter.producer": "CV Baru", "letter.consignee": "Tawau"},
    ):
        await applying.state_parties(request, by, None, stated)
    await applying.submit(request, by, None, (await inside.state(request)).revision)
    await inside.pay(request)
    for official in ("evaluator-eko", "evaluator-ida"):
        evaluator = inside.evaluator(official)
        taken = await inside.office.deciding.take_next(evaluator, None)
        await inside.office.deciding.pass_evaluation(request.ticket, evaluator, None, taken.state.revision)
    revision = (await inside.state(request)).revision
    await inside.office.signing.sign(request.ticket, inside.signer(), named("key"), revision, SIGNER)
    [content] = inside.vault.texts(request.ticket, "letter.content")
    facts = {fact["label"]["en"]: fact["value"] for fact in json.loads(content)["facts"]}
    assert (facts["Producer"], facts["Consignee"]) == ("CV Baru", "Tawau")
