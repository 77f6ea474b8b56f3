from datetime import UTC, datetime, timedelta

from tests.intake.front import Front


async def test_security_txt_says_where_to_tell_of_a_weakness_and_until_when(front: Front) -> None:
    """RFC 9116: Contact and Expires have to be there, Expires once and less than a year ahead."""
    answer = await front.client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in answer.text.splitlines() if not line.startswith("#")]
    values = dict(fields)
    assert len(values) == len(fields)
    assert values["Contact"].startswith("mailto:")
    left = datetime.fromisoformat(values["Expires"]) - front.clock.now().astimezone(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)
    assert values["Preferred-Languages"] == "id, en"
    assert values["Canonical"].endswith("/.well-known/security.txt")
    page = await front.client.get(f"/{values['Policy'].rsplit('/', 1)[1]}?lang=id")
    assert page.status_code == 200
    assert "Laporkan celah keamanan" in page.text
    assert values["Contact"] in page.text
    assert "Tell us of a weakness" in (await front.client.get("/security?lang=en")).text


async def test_search_engines_leave_cases_and_desks_alone(front: Front) -> None:
    answer = await front.client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    closed = {"/track/", "/desk/", "/*/api/", "/*?c=", "/*?ticket=", "/lost-code/"}
    assert {f"Disallow: {each}" for each in closed} <= set(lines)
    assert "Disallow: /" not in lines
