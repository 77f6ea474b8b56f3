"""A circumstance of the goods asks for its documents in whatever way it was stated, and nobody states it away unseen."""

from hashlib import sha256

import pytest
from tests.certificates.calling import STATEMENT, Calling
from tests.certificates.inside import EXPORT, Inside
from tests.certificates.test_amending import begun, changed, issued, submitted
from tests.certificates.test_other_systems import company, send, sent
from tests.web.browsing import PDF

from zi_certificates.domain.application import errors
from zi_certificates.messaging.upstream import IntakeRequest

SPECIAL, SPECIAL_NEEDS = "special_import", {"special_import_proposal", "purpose_statement"}
LABEL_DIFFERS, LABEL_NEEDS = "export_label_differs", {"label_statement"}


async def documents_missed(inside: Inside, request: IntakeRequest) -> set[str]:
    examined = await inside.office.applying.examination(request)
    return {kind for each in examined.missing for kind in each.any_of}


async def circumstances(inside: Inside, request: IntakeRequest) -> tuple[str, ...]:
    statement = (await inside.state(request)).statement
    assert statement is not None
    return statement.circumstances


# -- another system


async def test_an_announced_file_is_no_document_that_a_circumstance_asks_for(calling: Calling) -> None:
    """The digests of an import tell which files are to come; none of them is there."""
    _, request, key = await company(calling)
    announced = [{"kind": each, "sha256": sha256(PDF[1]).hexdigest()} for each in sorted(SPECIAL_NEEDS)]
    body = sent(request, circumstances=[SPECIAL], documents=announced)
    answer = await send(calling, key, body)
    assert answer.status_code == 201, answer.text
    missed = {each["where"].removeprefix("documents.") for each in answer.json()["findings"]}
    assert missed >= SPECIAL_NEEDS
    for kind in SPECIAL_NEEDS:
        with pytest.raises(errors.IncompleteError):
            await submitted(calling.inside, request)
        assert (await calling.upload(request, kind)).status_code == 201
    assert not await documents_missed(calling.inside, request) & SPECIAL_NEEDS


async def test_an_import_states_no_circumstance_that_no_rule_knows(calling: Calling) -> None:
    _, request, key = await company(calling)
    refused = await send(calling, key, sent(request, circumstances=[SPECIAL, "nothing_needed"]))
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:unknown_circumstance")
    assert (await calling.inside.state(request)).statement is None


@pytest.mark.parametrize("reference", ["INSW-2026-1", "INSW-2026-2"])
async def test_a_second_import_states_no_circumstance_away(calling: Calling, reference: str) -> None:
    _, request, key = await company(calling)
    assert (await send(calling, key, sent(request, circumstances=[SPECIAL]))).status_code == 201
    assert (await send(calling, key, sent(request, reference))).status_code == 409
    assert await circumstances(calling.inside, request) == (SPECIAL,)


async def test_an_import_takes_the_place_of_nothing_that_the_company_has_begun(calling: Calling) -> None:
    _, request, key = await company(calling)
    stated = await calling.tell(request, "statement", STATEMENT | {"circumstances": [SPECIAL]})
    assert stated.status_code == 200, stated.text
    refused = await send(calling, key, sent(request))
    assert refused.status_code == 409, refused.text
    assert await circumstances(calling.inside, request) == (SPECIAL,)


async def test_an_import_takes_the_place_of_no_amendment(calling: Calling) -> None:
    """As an ordinary application it could state what an amendment may not change."""
    inside = calling.inside
    of = await issued(inside, "ske")
    made = await calling.post(f"/applications/{of.ticket}/exchange/keys", None, calling.owner_headers(of))
    request = await begun(inside, of)
    other = {"kinds": ["ske_health"], "country": "MY", "circumstances": [LABEL_DIFFERS]}
    refused = await send(calling, made.json()["secret"], sent(request, **other))
    assert refused.status_code == 409, refused.text
    now = await inside.state(request)
    assert now.draft is not None
    assert now.draft.amends is not None
    assert await circumstances(inside, request) == ()


# -- an amendment


async def test_an_amendment_states_no_other_circumstance_than_its_letter(inside: Inside) -> None:
    request = await begun(inside, await issued(inside))
    await changed(inside, request, port="Nunukan")
    other = EXPORT.model_copy(update={"circumstances": (LABEL_DIFFERS,)})
    await inside.office.applying.change(request, inside.citizen(request), None, other)
    examined = await inside.office.applying.examination(request)
    found = {(each.reason.value, each.where) for each in examined.findings}
    assert ("not_amendable", "circumstances") in found
    assert await documents_missed(inside, request) == LABEL_NEEDS
    with pytest.raises(errors.IncompleteError):
        await submitted(inside, request)


async def test_an_amendment_is_not_submitted_without_what_its_letter_needed(inside: Inside) -> None:
    """The documents of the letter came with it; one of them is taken out, and another circumstance than that of the letter excuses nothing."""
    request = await begun(inside, await issued(inside))
    await changed(inside, request, port="Nunukan")
    by = inside.citizen(request)
    statement = (await inside.state(request)).statement
    assert statement is not None
    [analysis] = [each for each in statement.documents if each.kind == "registration_approval"]
    await inside.office.applying.detach(request, by, None, analysis.file.item)
    assert await documents_missed(inside, request) == {"registration_approval"}
    excused = EXPORT.model_copy(update={"circumstances": ("not_registered",)})
    await inside.office.applying.change(request, by, None, excused)
    with pytest.raises(errors.IncompleteError):
        await submitted(inside, request)
