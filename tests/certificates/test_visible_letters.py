"""No letter shows another name than it contains: neither of the company, nor of a product, nor of who signs; nor one from before."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError
from tests.certificates import steps
from tests.certificates.inside import Inside
from tests.certificates.officials import applicant, item, named
from tests.certificates.test_letter_content import letter_content
from tests.certificates.test_signing import SIGNER
from tests.rules.certificate.stated import WORDING

from zi_certificates.domain.application.commands import (
    ChangeApplication,
)
from zi_certificates.domain.application.decide import (
    decide as decide_application,
)
from zi_certificates.domain.application.errors import (
    ApplicationError,
    UnprintableCompanyError,
    UnprintableProductsError,
    UnprintableSignerError,
)
from zi_certificates.domain.application.evolve import (
    evolve as evolve_application,
)
from zi_certificates.domain.application.state import (
    initial,
)
from zi_certificates.letters.content import CertificateContent, holder, signatory
from zi_certificates.letters.signing import refused_as
from zi_chassis.access.identity import Staff
from zi_chassis.domain import UnseenSignError
from zi_contracts.text import STORED
from zi_letters.content import digest
from zi_letters.letter_register import NumberedLetter
from zi_letters.sealing import SpoiltError, read_content
from zi_letters.vault_fields import CONTENT
from zi_rules.certificate.item import ProductItem

REVERSED, HIDDEN = "PT Asli\u202egnuplaP", "PT\u200bAsli"


async def to_be_signed(inside: Inside, company: str) -> tuple[str, int]:
    """Ticket and revision of an application of a company that the vault knows from before under this name."""
    request = await inside.paid("one")
    for id, (ticket, field, text) in list(inside.vault.plain.items()):
        if field == "company.name":
            inside.vault.plain[id] = (ticket, field, text.replace("PT one", company))
    for official in ("evaluator-eko", "evaluator-ida"):
        evaluator = inside.evaluator(official)
        revision = (await inside.office.deciding.take_next(evaluator, None)).state.revision
        await inside.office.deciding.pass_evaluation(request.ticket, evaluator, None, revision)
    return request.ticket, (await inside.state(request)).revision


@pytest.mark.parametrize("company", [REVERSED, HIDDEN])
async def test_nobody_signs_in_a_name_that_is_not_what_it_looks_like(inside: Inside, company: str) -> None:
    ticket, revision = await to_be_signed(inside, company)
    before = len(inside.vault.plain)
    with pytest.raises(UnprintableCompanyError):
        await inside.office.signing.sign(ticket, inside.signer(), named("key"), revision, SIGNER)
    assert len(inside.vault.plain) == before


async def test_a_signer_signs_under_a_name_that_is_what_it_looks_like(inside: Inside) -> None:
    ticket, revision = await to_be_signed(inside, "PT Syafi\u2019i")
    disguised = Staff(**dict(SIGNER) | {"name": "Budi\u202eilsA"})
    with pytest.raises(UnprintableSignerError):
        await inside.office.signing.sign(ticket, inside.signer(), named("key"), revision, disguised)
    signed = await inside.office.signing.sign(ticket, inside.signer(), named("key"), revision, SIGNER)
    assert signed.recorded


@pytest.mark.parametrize(
    "changed",
    [
        {field: REVERSED}
        for field in ("product", "registration_number", "hs_code", "batch", "unit", "pack", "port", "invoice")
    ],
    ids=str,
)
def test_no_part_of_a_product_gets_into_a_letter_unseen(changed: dict[str, str]) -> None:
    """As it may stand in an event from before, of which nothing is refused when it is read."""
    old = steps.product().model_copy(update=changed)
    with pytest.raises(UnprintableProductsError), refused_as(UnprintableProductsError):
        letter_content(products=(old,))


@pytest.mark.parametrize("hidden", [HIDDEN, REVERSED])
def test_neither_holder_nor_signer_gets_into_a_letter_unseen(hidden: str) -> None:
    for make in (
        lambda: holder(hidden, "Jalan 1"),
        lambda: holder("PT", hidden),
        lambda: signatory(hidden, "staff:head", WORDING, is_acting=False),
    ):
        with pytest.raises(ValidationError):
            make()


def test_a_letter_shows_names_of_other_scripts_in_one_spelling() -> None:
    assert holder("شركة المثال", "Gde\u0301").model_dump() == {"name": "شركة المثال", "address": "Gdé"}


def test_a_content_that_was_signed_for_is_not_changed_by_reading_it() -> None:
    rendered = letter_content().render().replace(b"Kecap Contoh", "Kecap Gde\u0301".encode())
    assert CertificateContent.model_validate_json(rendered).render() == rendered


class OneText:
    """A vault that holds one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def read(self, *_: Any, **__: Any) -> dict[str, str]:
        return {CONTENT: self._text}


async def test_a_letter_that_was_signed_before_is_not_sealed_with_such_a_name() -> None:
    text = letter_content().render().decode().replace("Kecap Contoh", REVERSED)
    id = UUID(int=1)
    letter = NumberedLetter(id, "3C7K9M2Q5", digest(text.encode()), "", item("letter.content"), id)
    with pytest.raises(SpoiltError, match="nobody sees"):
        await read_content(OneText(text), letter)  # type: ignore[arg-type]


def test_an_application_can_not_be_stated_with_such_a_product() -> None:
    stated = steps.statement().model_copy(
        update={"products": (steps.product().model_copy(update={"product": REVERSED}),)}
    )
    with pytest.raises(UnseenSignError, match=r"statement\.products\.product .*U\+202E"):
        ChangeApplication(by=applicant(), statement=stated)


def test_an_application_of_before_is_read_and_examined() -> None:
    old = steps.product().model_copy(update={"product": REVERSED})
    state = initial
    for event in decide_application(steps.DRAFT, initial):
        stated = event.statement.model_copy(update={"products": (old,)})  # type: ignore[union-attr]
        changed = event.model_copy(update={"statement": stated})
        state = evolve_application(state, type(changed).model_validate_json(changed.model_dump_json()))
    assert state.statement is not None
    [product] = state.statement.products
    assert (
        ProductItem.model_validate(product.model_dump(exclude={"unit_code"}), context=STORED).product
        == REVERSED
    )


def test_every_refusal_tells_the_signer_what_to_do() -> None:
    for error in (UnprintableCompanyError, UnprintableProductsError, UnprintableSignerError):
        assert issubclass(error, ApplicationError)
        assert "nobody can see" in error.sentence
