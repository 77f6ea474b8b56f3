"""A shelf life that counts from the arrival: the day is asked for on the form, by the API and by the rules."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from tests.certificates.calling import STATEMENT, Calling
from tests.certificates.inside import DEMO_RULES, OUTLINE
from tests.certificates.steps import statement
from tests.certificates.test_pages import filled, here
from tests.certificates.visiting import Visiting, visited

from zi_certificates.domain.application import errors
from zi_certificates.use_cases.statement_checks import digest_of
from zi_rules.certificate.reason import FindingReason

SHIPPED = Path(__file__).parents[2] / "rules" / "zi_rules" / "data" / "certificates" / "rancangan.toml"


@pytest.fixture
async def visiting(tmp_path: Path) -> AsyncIterator[Visiting]:
    """An office whose rules count from the arrival."""
    rules = tmp_path / "rules"
    (rules / "certificates").mkdir(parents=True)
    for each in DEMO_RULES.glob("*.*"):
        (rules / each.name).write_text(each.read_text())
    text = SHIPPED.read_text().replace('day = "submission"', 'day = "arrival"\nmost_days_ago = 7')
    (rules / "certificates" / "rancangan.toml").write_text(text)
    async with visited(tmp_path, rules) as visiting:
        yield visiting


async def test_an_application_without_the_day_of_arrival_is_refused_with_a_sentence(
    visiting: Visiting,
) -> None:
    inside = visiting.inside
    request = await inside.requested()
    await inside.verified(request)
    await inside.drafted(request)
    revision = (await inside.state(request)).revision
    with pytest.raises(errors.IncompleteError) as refused:
        await inside.office.applying.submit(request, inside.citizen(request), None, revision)
    assert [(each.reason, each.where) for each in refused.value.findings] == [("arrival_missing", "arrives")]
    page = await visiting.owner(request).get(here(request))
    assert "Give the day on which the goods arrive" in page.text
    soon = OUTLINE.model_copy(update={"arrives": date(2026, 12, 9)})
    await inside.office.applying.change(request, inside.citizen(request), None, soon)
    done = await inside.office.applying.submit(request, inside.citizen(request), None, revision + 1)
    assert done.state.statement is not None
    assert done.state.statement.arrives == date(2026, 12, 9)


async def test_the_form_asks_for_the_day_and_keeps_it(visiting: Visiting) -> None:
    request = await visiting.inside.requested()
    browser, path = visiting.owner(request), f"{here(request)}/particulars"
    assert "On which day do the goods arrive?" in (await browser.get(path)).text
    form = {"kind": "ski_post_border", "goods": "pangan_olahan", "arrives": "soon"}
    refused = await browser.post(path, {**form, "key": "0" * 8})
    assert refused.status_code == 422
    assert 'value="soon"' in refused.text
    await filled(browser, path, {**form, "arrives": "2026-12-09"})
    assert 'value="2026-12-09"' in (await browser.get(path)).text
    state = await visiting.inside.state(request)
    assert state.statement is not None
    assert state.statement.arrives == date(2026, 12, 9)


async def test_the_form_of_an_export_asks_for_no_arrival(visiting: Visiting) -> None:
    request = await visiting.inside.requested(series="ske")
    page = await visiting.owner(request).get(f"{here(request)}/particulars")
    assert "On which day do the goods arrive?" not in page.text


async def test_the_interface_takes_the_day_and_says_what_is_wrong_with_it(visiting: Visiting) -> None:
    calling = Calling(visiting)
    request = await visiting.inside.requested()
    await calling.tell(request, "statement", STATEMENT)
    reasons = [each["reason"] for each in (await calling.read(request))["findings"]]
    assert FindingReason.ARRIVAL_MISSING in reasons
    await calling.tell(request, "statement", STATEMENT | {"arrives": "2026-11-01"})
    answer = await calling.read(request)
    assert answer["statement"]["arrives"] == "2026-11-01"
    [finding] = [each for each in answer["findings"] if each["where"] == "arrives"]
    assert (finding["reason"], finding["expected"]) == ("arrival_implausible", ">= 2026-11-30")
    wrong = await calling.tell(request, "statement", STATEMENT | {"arrives": "09/12/2026"})
    assert wrong.status_code == 422


def test_a_statement_without_an_arrival_has_the_digest_that_it_always_had() -> None:
    stated = statement()
    before = stated.model_dump_json(exclude={"arrives"})
    assert "arrives" not in before
    assert digest_of(stated, None) != digest_of(
        stated.model_copy(update={"arrives": date(2026, 12, 9)}), None
    )
