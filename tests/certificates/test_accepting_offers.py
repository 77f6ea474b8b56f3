"""A company accepts what a mentored business of its own hands over; a stranger gets nothing of it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.certificates import both
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside, ticket_of
from tests.certificates.officials import BUSINESS, MONDAY, named
from tests.certificates.test_pages import here
from tests.certificates.visiting import Visiting
from tests.intake.front import MENTORING
from tests.intake.test_policies import message

from zi_certificates.domain.application.errors import AccountNotVerifiedError
from zi_certificates.domain.master_content import MasterOrigin, MasterProduct
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases import taking_over
from zi_certificates.use_cases.accepting_offers import NoSuchOfferError, OfferEndedError
from zi_certificates.use_cases.taking_over import NothingToldError
from zi_chassis.domain import Act
from zi_chassis.vault.requests import VaultRefusedError
from zi_contracts.vault import ItemRef

CASE = ticket_of("mentoring")
UMKM = Act(at=MONDAY, actor="system:umkm", role="system:umkm")
RECIPE = {"product.name": "Sambal  Contoh", "product.composition": "cabai\n\ngaram", "product.pack": "botol"}


async def offered(
    inside: Inside, request: IntakeRequest, fields: dict[str, str] = RECIPE, number: str = "MD123456789012"
) -> None:
    items = inside.vault.add(CASE, fields)
    product = {
        "product": 1,
        "number": number,
        "items": [each.model_dump(mode="json") for each in items],
    }
    data = {"business_ref": BUSINESS, "to": request.ticket, "products": [product]}
    await inside.hear("umkm", "products_handed_over", data, aggregate=named("handover"), subject=CASE)


async def taken_back(inside: Inside, request: IntakeRequest) -> None:
    data = {"business_ref": BUSINESS, "to": request.ticket}
    await inside.hear("umkm", "handover_ended", data, aggregate=named("handover"), subject=CASE)


async def accepted(inside: Inside, request: IntakeRequest, key: UUID | None = None) -> UUID:
    by = inside.citizen(request)
    entry, _ = await inside.office.accepting_offers.accept(request, by, key, CASE, 1, "the token")
    return entry


async def test_a_product_comes_into_the_companys_data_with_where_it_came_from(either: Inside) -> None:
    request = await either.requested(series="ske")
    await either.verified(request)
    await offered(either, request)
    entry = await accepted(either, request)
    row, _ = await either.office.master_data.entry(request, entry)
    assert row.newest.content == MasterProduct(
        label="Sambal Contoh",
        registration_number="MD123456789012",
        composition=("cabai", "garam"),
        pack="botol",
    )
    assert row.newest.origin == MasterOrigin(case=CASE, product=1, number_checked=True)
    [read] = either.vault.reads
    assert (read.ticket, read.purpose, read.token) == (CASE, "prefill", "the token")
    assert read.items is not None
    assert len(read.items) == 3


async def test_handed_over_again_it_is_a_new_version_that_keeps_what_the_company_added(
    inside: Inside,
) -> None:
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request)
    entry = await accepted(inside, request)
    data, by = inside.office.master_data, inside.citizen(request)
    row, _ = await data.entry(request, entry)
    with_hs_code = row.newest.content.model_copy(update={"hs_code": "21039012"})
    await data.change(request, by, None, entry, 1, with_hs_code)
    inside.clock.pass_hours(1)
    inside.vault.plain.clear()
    await offered(inside, request, {"product.name": "Sambal Contoh", "product.composition": "cabai"})
    [offer] = await inside.office.accepting_offers.offers(request)
    assert await inside.office.accepting_offers.accepted(request, offer) == {1: (entry, True)}
    assert await accepted(inside, request) == entry
    row, versions = await data.entry(request, entry)
    assert isinstance(row.newest.content, MasterProduct)
    assert (row.newest.content.hs_code, row.newest.content.composition) == ("21039012", ("cabai",))
    assert (row.newest.content.pack, len(versions)) == ("botol", 3)


async def test_a_consent_that_was_taken_back_stops_further_ones_and_is_shown(visiting: Visiting) -> None:
    inside = visiting.inside
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request)
    browser, path = visiting.owner(request), f"{here(request)}/master-data"
    page = await browser.get(path)
    assert "Accept MD123456789012" in page.text
    done = await browser.post(f"{path}/offers/{CASE}/1", {})
    assert "Handed over by its business from mentoring case" in done.text
    await taken_back(inside, request)
    page = await browser.get(path)
    assert "The business has taken it back on" in page.text
    assert "In the company&#39;s data" in page.text
    assert f"{path}/offers/" not in page.text
    refused = await browser.post(f"{path}/offers/{CASE}/1", {})
    assert (refused.status_code, "nothing more can be accepted" in refused.text) == (409, True)
    with pytest.raises(OfferEndedError):
        await accepted(inside, request)
    assert (await inside.office.master_data.page(request)).total == 1
    await offered(inside, request)
    assert await accepted(inside, request)


STATUS = {"state": "number_obtained", "holder": "office", "language": "id", "reachable_by": ["phone"]}
CHECKED = STATUS | {"product": 1, "number": "MD123456789012"}
RESTATED = STATUS | {"district": "malinau", "has_nib": True, "products": 1}


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("registration_number_checked", CHECKED | {"outcome": "refuted"}),
        ("business_restated", RESTATED | {"unnumbered": [1, 3]}),
        ("number_obtained", CHECKED | {"number": "MD999999999999"}),
    ],
)
async def test_a_product_of_which_the_number_does_not_hold_any_more_is_not_offered(
    visiting: Visiting, type: str, data: dict[str, Any]
) -> None:
    inside = visiting.inside
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request)
    await inside.hear("umkm", type, data, aggregate=named("other"), subject=ticket_of("another mentoring"))
    await inside.hear("umkm", type, data, aggregate=named("mentoring"), subject=CASE)
    with pytest.raises(NoSuchOfferError):
        await accepted(inside, request)
    assert inside.vault.reads == []
    page = await visiting.owner(request).get(f"{here(request)}/master-data")
    assert ("Accept MD123456789012" in page.text, "does not hold any more" in page.text) == (False, True)
    await offered(inside, request)
    assert await accepted(inside, request)


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("registration_number_checked", CHECKED | {"outcome": "confirmed"}),
        ("registration_number_checked", CHECKED | {"product": 2, "outcome": "refuted"}),
        ("business_restated", RESTATED),
        ("business_restated", RESTATED | {"unnumbered": [2]}),
    ],
)
async def test_what_says_nothing_against_its_number_leaves_the_offer(
    inside: Inside, type: str, data: dict[str, Any]
) -> None:
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request)
    await inside.hear("umkm", type, data, aggregate=named("mentoring"), subject=CASE)
    assert await accepted(inside, request)


async def test_a_company_that_no_officer_has_verified_gets_no_recipe(inside: Inside) -> None:
    request = await inside.requested(series="ske")
    await offered(inside, request)
    with pytest.raises(AccountNotVerifiedError):
        await accepted(inside, request)
    assert inside.vault.reads == []


async def test_what_is_handed_over_to_another_application_is_nothing_here(inside: Inside) -> None:
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request)
    stranger = await inside.requested("stranger", business="9" * 64)
    await inside.verified(stranger)
    with pytest.raises(NoSuchOfferError):
        await accepted(inside, stranger)
    with pytest.raises(NoSuchOfferError):
        await inside.office.accepting_offers.accept(
            request, inside.citizen(request), None, CASE, 2, "the token"
        )
    assert await inside.office.accepting_offers.offers(stranger) == []
    assert inside.vault.reads == []


async def test_what_the_vault_refuses_or_does_not_have_is_not_accepted(inside: Inside) -> None:
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request, {"product.composition": "cabai"})
    with pytest.raises(NothingToldError):
        await accepted(inside, request)
    inside.vault.refusal = "not_allowed"
    with pytest.raises(taking_over.NotTheSameBusinessError):
        await accepted(inside, request)
    assert (await inside.office.master_data.page(request)).total == 0


async def test_the_api_lists_and_accepts(calling: Calling) -> None:
    inside = calling.inside
    request = await inside.requested(series="ske")
    await inside.verified(request)
    await offered(inside, request)
    where, headers = f"/applications/{request.ticket}/offers", calling.owner_headers(request)
    [offer] = (await calling.get(where, headers)).json()
    assert (offer["case"], offer["ended"]) == (CASE, None)
    assert offer["products"] == [{"product": 1, "number": "MD123456789012"}]
    done = await calling.post(f"{where}/{CASE}/1/accept", None, headers)
    assert (done.status_code, done.json()["revision"]) == (200, 1)
    assert (await calling.get(where, calling.evaluator)).status_code == 401


@pytest.mark.parametrize("case", ["same business", "another business", "another item", "taken back"])
async def test_intake_opens_a_recipe_to_the_application_that_the_business_named_and_to_nobody_else(
    tmp_path: Path, case: str
) -> None:
    async with both.opened(tmp_path) as house:
        nib = "9" * 13 if case == "another business" else both.REQUEST["company"]["nib"]
        mentored = await house.intake.mentored(business=MENTORING["business"] | {"nib": nib})
        filed, front = await house.requested(series="ske"), house.intake.office
        stored_items = await front.actions.keep(mentored["ticket"], UMKM, UUID(int=1), RECIPE)
        items = [each.model_dump(mode="json") for each in stored_items]
        shared = items[:1] if case == "another item" else items
        data: dict[str, Any] = {
            "business_ref": "b" * 64,
            "to": filed["ticket"],
            "products": [{"product": 1, "number": "MD123456789012", "items": shared}],
        }
        messages = [message(1, mentored["ticket"], "products_handed_over", "umkm", **data)]
        if case == "taken back":
            end = {"business_ref": "b" * 64, "to": filed["ticket"]}
            messages.append(message(2, mentored["ticket"], "handover_ended", "umkm", **end))
        await front.store.receive("umkm", messages, front.react)
        refs = [ItemRef.model_validate(each) for each in items]
        read = house.office.vault.read(
            mentored["ticket"],
            [each.field for each in refs],
            "prefill",
            token=filed["Authorization"].removeprefix("Bearer "),
            items=[each.item for each in refs],
        )
        if case == "same business":
            assert await read == RECIPE
        else:
            with pytest.raises(VaultRefusedError):
                await read
