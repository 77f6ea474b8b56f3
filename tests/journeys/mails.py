"""The mails about a case in the mailbox, by the templates of notify."""

import html
import re
from collections import Counter

import httpx
from tests.journeys.house import await_

from zi_notify.texts.letter import templates, wordings

LINK = r"/notify/mail/[\w-]{43}"
NUMBER = r"SK[IE]-[0-9]{4}-[0-9]{6}|MD[0-9]{12}"


def address(company: str) -> str:
    return f"{company.lower()}@warga.example"


def confirm(client: httpx.Client, address: str) -> None:
    """By the link in the first mail that came to the address, again where the service asks for it."""
    link = await_(lambda: mailed_link(client, address, LINK))

    def pressed() -> httpx.Response:
        answer = client.post(link, data={"choice": "confirm"})
        assert answer.status_code != httpx.codes.SERVICE_UNAVAILABLE
        return answer

    answer = await_(pressed)
    assert answer.status_code == 303, f"{answer.status_code} {answer.text}"


def link_to_new_code(client: httpx.Client, address: str, ticket: str) -> str:
    """Ask for it, and read it in the mail; the address has to be confirmed."""
    assert client.post("/lost-codes", data={"ticket": ticket}).status_code in (200, 303)
    return await_(lambda: mailed_link(client, address, rf"/lost-code/{ticket}/[\w-]+"))


def mailed_link(client: httpx.Client, address: str, pattern: str) -> str | None:
    """Return the latest link of this pattern in a mail to the address."""
    rows = [row for row in client.get("/notify/mailbox").text.split("<tr>") if html.escape(address) in row]
    mails = [mail for row in rows if (mail := re.search(r'href="(/notify/mailbox/[^"]+)"', row))]
    found = [re.search(pattern, client.get(mail[1]).text) for mail in mails]
    return next((link[0] for link in found if link), None)


def came(client: httpx.Client, company: str, ticket: str, code: str, *templates: str) -> None:
    """These mails and no others have come about the case, each naming its ticket and none its code."""
    wanted = Counter(_subject(each, ticket) for each in templates)

    def enough() -> dict[str, str] | None:
        mails = _mails(client, company, ticket)
        return mails if len(mails) >= wanted.total() else None

    mails = await_(enough)
    assert Counter(re.sub(NUMBER, "{number}", subject) for subject in mails.values()) == wanted
    for link in mails:
        text = client.get(link).text
        assert ticket in text
        assert code not in text


def _mails(client: httpx.Client, company: str, ticket: str) -> dict[str, str]:
    """Subjects by where the mail is."""
    page = client.get("/notify/mailbox").text
    rows = [row for row in page.split("<tr>") if html.escape(address(company)) in row]
    links = [re.search(r'href="(/notify/mailbox/[^"]+)">([^<]*)<', row) for row in rows]
    return {each[1]: html.unescape(each[2]) for each in links if each and ticket in each[2]}


def _subject(template: str, ticket: str) -> str:
    """Of a mail; the number of a letter or of a product is left open."""
    return wordings(templates().content, "id")[template].subject.replace("{ticket}", ticket)
