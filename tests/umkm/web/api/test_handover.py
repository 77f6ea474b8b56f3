"""The API of what a business hands over: it reads what would be shared, agrees to that, and takes it back; nobody else does."""

import pytest
from tests.certificates.inside import ticket_of
from tests.umkm.calling import Calling
from tests.umkm.use_cases.test_handing_over import checked

TO = ticket_of("letters")
RECIPE = {"product": 1, "composition": ["ikan", "tepung"], "pack": "plastik 250 g"}


async def test_a_program_of_the_business_describes_hands_over_and_takes_back(calling: Calling) -> None:
    request = await checked(calling.inside)
    where, headers = f"/cases/{request.ticket}/handover", calling.owner_headers(request)
    assert (await calling.get(where, headers)).json()["undescribed"] == [1]
    assert (await calling.post(f"{where}/describe", RECIPE, headers)).json()["event_id"]
    offer = (await calling.get(where, headers)).json()
    assert [(each["product"], each["number"]) for each in offer["ready"]] == [(1, "MD123456789012")]
    assert "tepung" not in str(offer)
    agreed = {"to": TO, "agreed": offer["digest"]}
    assert (await calling.post(where, agreed, headers)).json()["event_id"]
    assert (await calling.post(where, agreed, headers)).json()["event_id"] is None
    stands = (await calling.get(where, headers)).json()
    assert [(each["to"], each["products"]) for each in stands["standing"]] == [(TO, 1)]
    assert (await calling.post(f"{where}/end", {"to": TO}, headers)).json()["event_id"]
    assert (await calling.get(where, headers)).json()["ended"] == [TO]


@pytest.mark.parametrize(
    "body",
    [
        {"product": 1, "composition": []},
        {"product": 1, "composition": ["x" * 201]},
        {"product": 1, "composition": ["x"] * 101},
        {"product": 0, "composition": ["x"]},
    ],
)
async def test_what_is_no_recipe_is_refused(calling: Calling, body: dict[str, object]) -> None:
    request = await checked(calling.inside)
    where, headers = f"/cases/{request.ticket}/handover/describe", calling.owner_headers(request)
    assert (await calling.post(where, body, headers)).status_code == 422


async def test_no_official_hands_over_or_looks(calling: Calling) -> None:
    request = await checked(calling.inside)
    where = f"/cases/{request.ticket}/handover"
    for role in ("mentor", "officer", "supervisor", "evaluator", "head"):
        headers = calling.person("official-1", role)
        assert (await calling.get(where, headers)).status_code in (401, 403)
        assert (await calling.post(f"{where}/describe", RECIPE, headers)).status_code in (401, 403)
