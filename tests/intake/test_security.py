from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

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
    assert {f"Disallow: {each}" for each in ("/desk/", "/*/desk/", "/*/api/")} <= set(lines)
    assert "Disallow: /" not in lines


async def test_search_engines_read_that_they_list_no_address_with_a_ticket_or_a_secret(front: Front) -> None:
    """An address that they may not read is listed by itself, and so is the secret in it."""
    closed = [
        line.removeprefix("Disallow: ")
        for line in (await front.client.get("/robots.txt")).text.splitlines()
        if line.startswith("Disallow")
    ]
    ticket = (await front.file())["ticket"]
    for address in (
        *(f"/track/{ticket}", f"/lost-code/{ticket}/secret", f"/track?lang=en&ticket={ticket}"),
        f"/lost-code?ticket={ticket}",
    ):
        answer = await front.client.get(address)
        assert answer.headers["x-robots-tag"] == "noindex", address
        assert not [each for each in closed if fnmatchcase(address, f"{each}*")], address
    assert "x-robots-tag" not in (await front.client.get("/track")).headers
    assert not [each for each in closed if fnmatchcase("/notify/mail/secret", f"{each}*")]
