"""Districts and topics are lists of the office: what a body may choose from, and what becomes of a code that has left its list."""

from pathlib import Path
from uuid import uuid4

from tests.intake.front import COMPLAINT, CONSULTATION, MENTORING, Front, opened

DISTRICTS = """version = 2
[[district]]
code = "rimba"
name = { id = "Kabupaten Rimba", en = "Rimba Regency" }
[[district]]
code = "muara"
name = { id = "Kota Muara", en = "Muara City" }
"""
TOPICS = 'version = 2\n[[topic]]\ncode = "madu"\nname = { id = "Madu", en = "Honey" }\n'


def rules_of_another_office(folder: Path) -> Path:
    rules = folder / "rules"
    rules.mkdir(exist_ok=True)
    (rules / "districts.toml").write_text(DISTRICTS)
    (rules / "topics.toml").write_text(TOPICS)
    return rules


async def refused_fields(front: Front, to: str, body: object) -> dict[str, str]:
    answer = await front.client.post(f"/intake/api/{to}", json=body)
    assert answer.status_code == 422, answer.text
    return {each["field"]: each["detail"] for each in answer.json()["errors"]}


async def test_a_body_chooses_from_the_lists_of_the_office(tmp_path: Path) -> None:
    rules_of_another_office(tmp_path)
    async with opened(tmp_path) as front:
        await front.file(COMPLAINT | {"district": "rimba"})
        await front.file(CONSULTATION | {"district": "muara", "topic": "madu"}, to="consultations")
        assert await refused_fields(front, "complaints", COMPLAINT | {"district": "tarakan"}) == {
            "district": "Pilih salah satu dari 'rimba', 'muara'."
        }
        elsewhere = CONSULTATION | {"district": "", "topic": "labelling", "text": ""}
        assert (await refused_fields(front, "consultations", elsewhere)).keys() == {
            "district",
            "topic",
            "text",
        }
        page = (await front.client.get("/consultations/new?lang=en")).text
        assert "Muara City" in page
        assert "Honey" in page
        assert "Tarakan City" not in page


async def test_a_filing_that_is_repeated_has_its_answer_also_where_its_code_has_left_the_list(
    tmp_path: Path,
) -> None:
    filings = (
        ("complaints", COMPLAINT | {"district": "malinau"}),
        ("consultations", CONSULTATION | {"topic": "labelling"}),
        ("mentoring-requests", MENTORING | {"district": "malinau"}),
    )
    keys = {to: str(uuid4()) for to, _ in filings}
    async with opened(tmp_path) as front:
        filed = {to: await front.file(body, keys[to], to) for to, body in filings}
    rules_of_another_office(tmp_path)
    async with opened(tmp_path) as front:
        for to, body in filings:
            assert (await front.file(body, keys[to], to))["ticket"] == filed[to]["ticket"]
            anew = await front.client.post(f"/intake/api/{to}", json=body)
            assert anew.status_code == 422


async def test_a_code_that_has_left_its_list_stays_readable(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        complaint = await front.file(COMPLAINT | {"district": "malinau"})
        question = await front.file(CONSULTATION | {"topic": "labelling"}, to="consultations")
    rules_of_another_office(tmp_path)
    async with opened(tmp_path) as front:
        for filed in (complaint, question):
            assert (await front.track(filed))["ticket"] == filed["ticket"]
        await front.handled(complaint, ("acknowledge", None))
        listed = (await front.client.get("/desk/?lang=en", headers=front.staff())).text
        assert "malinau" in listed
        assert "labelling" in listed
        case = (
            await front.client.get(f"/desk/cases/{complaint['ticket']}?lang=en", headers=front.staff())
        ).text
        assert "<dd>malinau</dd>" in case
