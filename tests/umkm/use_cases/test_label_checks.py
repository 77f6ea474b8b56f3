"""A label looked at part by part, over a real store: on the desk's page, on the business's page and by the API."""

from uuid import uuid4

import pytest
from tests.umkm.inside import Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import hidden

from zi_umkm.domain import errors, label_errors
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.label_checking import JudgedPart


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


async def label_codes(inside: Inside, request: MentoringRequest) -> list[str]:
    state = await inside.state(request)
    return [each.code for each in inside.office.rules.on_label(state, 1, inside.clock.now())]


async def typed(inside: Inside, request: MentoringRequest) -> dict[str, str]:
    """The whole form: one part is wrong, one does not apply, the others are right."""
    fields = {f"finding.{each}": "ok" for each in await label_codes(inside, request)}
    return fields | {
        "finding.label_expiry": "not_ok",
        "remark.label_expiry": "Tanggalnya terhapus",
        "finding.label_halal": "not_applicable",
        "remark.label_halal": "Bahannya tidak halal",
    }


async def test_a_label_is_looked_at_mended_and_looked_at_again(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    mentor, owner = visiting.person("mentor-ani", "mentor"), visiting.owner(request)
    here = f"/umkm/desk/cases/{request.ticket}/products/1/label"
    page = await mentor.get(here)
    assert "Nobody has looked at it yet." in page.text
    assert len(page.content) < 40_000
    form = await typed(inside, request) | {"key": hidden(page)}
    refused = await mentor.post(here, form | {"remark.label_halal": ""})
    assert refused.status_code == 422
    assert "Tanggalnya terhapus" in refused.text
    assert inside.vault.texts(request.ticket, "note") == []
    for _ in range(2):
        page = await mentor.post(here, form)
    assert "1 part has to be put right." in page.text
    assert "Tanggalnya terhapus" not in page.text
    first = (await inside.state(request)).label_checks[0].checked
    assert first.rules is not None
    assert first.checklist is not None
    assert "label_expiry" not in (await inside.state(request)).present(1)
    assert "label_halal" in (await inside.state(request)).present(1)
    opened = await mentor.post(f"{here}/open", {"key": hidden(page)})
    assert "Tanggalnya terhapus" in opened.text
    theirs = await owner.get(f"/umkm/cases/{request.ticket}/products/1")
    assert "Tanggalnya terhapus" in theirs.text
    assert "It is not right" in theirs.text
    again = {name: "ok" for name in form if name.startswith("finding.")} | {"key": str(uuid4())}
    assert "Nothing has to be put right." in (await mentor.post(here, again)).text
    assert len((await inside.state(request)).label_checks) == 2
    assert set(await label_codes(inside, request)) <= (await inside.state(request)).present(1)
    theirs = await owner.get(f"/umkm/cases/{request.ticket}/products/1")
    assert "Tanggalnya terhapus" in theirs.text
    assert "Earlier:" in theirs.text


async def test_a_second_person_looks_where_the_office_wants_it(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    labels = inside.office.rules.labels
    rules = labels[0].model_copy(update={"second_look": True})
    object.__setattr__(inside.office.rules, "labels", [rules])
    parts = frozenset(await label_codes(inside, request))
    await inside.office.label_checking.check_parts(request, inside.mentor(), None, 1, parts)
    assert not parts & (await inside.state(request)).present(1)
    here = f"/umkm/desk/cases/{request.ticket}/products/1/label"
    mentors_page = await visiting.person("mentor-ani", "mentor", "officer").get(here)
    assert "I have looked as well" not in mentors_page.text
    assert "It counts once another officer has confirmed it." in mentors_page.text
    officer = visiting.person("officer-rina", "officer")
    page = await officer.get(here)
    fields = {"key": hidden(page), "check": hidden(page, "check")}
    assert (await visiting.person("mentor-ani", "mentor").post(f"{here}/confirm", fields)).status_code == 409
    assert "Confirmed by a second officer" in (await officer.post(f"{here}/confirm", fields)).text
    assert parts <= (await inside.state(request)).present(1)


async def test_a_photo_is_seen_by_the_business(visiting: Visiting, inside: Inside) -> None:
    request = await inside.mentored()
    checking, by = inside.office.label_checking, inside.mentor()
    await checking.check_parts(request, by, None, 1, frozenset({"label_expiry"}))
    check = (await inside.state(request)).label_checks[0].checked.check
    assert check is not None
    file = await inside.attached(request, "label photo")
    for _ in range(2):
        await checking.add_photo(request, by, None, 1, check, "label_expiry", file)
    page = await visiting.owner(request).get(f"/umkm/cases/{request.ticket}/products/1")
    assert page.text.count(f"/files/{file.item}") == 1
    desk = await visiting.person("mentor-ani", "mentor").get(
        f"/umkm/desk/cases/{request.ticket}/products/1/label"
    )
    assert f"/files/{file.item}" in desk.text
    without = await visiting.person("mentor-ani", "mentor").post(
        f"/umkm/desk/cases/{request.ticket}/products/1/label/photo",
        {"check": str(check), "item": "label_expiry"},
    )
    assert without.status_code == 422
    with pytest.raises(label_errors.OtherLabelCheckError):
        await checking.refuse_photo(request, by, 1, uuid4(), "label_expiry", file)


async def test_nothing_is_judged_too_easily(inside: Inside) -> None:
    request = await inside.mentored()
    checking, by, right = inside.office.label_checking, inside.mentor(), JudgedPart(finding="ok")
    whole = dict.fromkeys(await label_codes(inside, request), right)
    exempt = JudgedPart(finding="not_applicable", remark="Tidak perlu")
    for judged, error in (
        ({"label_expiry": right}, label_errors.UnjudgedLabelError),
        (whole | {"label_expiry": exempt}, label_errors.UnjudgedLabelError),
        (whole | {"layout": right}, errors.NotAskedForError),
        (whole | {"label_halal": JudgedPart(finding="not_applicable")}, label_errors.UnexplainedLabelError),
    ):
        with pytest.raises(error):
            await checking.check(request, by, None, 1, judged)
    with pytest.raises(errors.NotTheMentorError):
        await checking.check(request, inside.mentor("mentor-joko"), None, 1, whole)
    assert (await inside.state(request)).label_checks == ()
