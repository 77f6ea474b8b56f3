"""Publish where to report a weakness, security.txt (RFC 9116) for programs and a page in both languages for people, and what search engines
leave alone (RFC 9309)."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from zi_chassis.settings import Settings
from zi_chassis.web.page import pages_of
from zi_intake.web.dependencies import TheOffice

VALID = timedelta(days=180)  # RFC 9116 section 2.5.5: less than a year

router = APIRouter(include_in_schema=False)


@router.get("/.well-known/security.txt")
async def security_txt(office: TheOffice) -> Response:
    settings = office.settings
    expires = (office.clock.now() + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        "# Anda menemukan celah keamanan? Beri tahu kami. / Have you found a weakness? Please tell us.",
        f"Contact: {contact(settings)}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
        f"Canonical: {settings.public_url}/.well-known/security.txt",
        f"Policy: {settings.public_url}/security",
    ]
    return PlainTextResponse("".join(f"{line}\n" for line in lines))


# Pages of officials, and what only programs read. A page with a ticket or a secret in its address is read, for its header says that no
# search engine lists it; an address that may not be read is listed by itself.
NOT_FOR_SEARCH = ("/desk/", "/sign-in", "/sign-out", "/*/desk/", "/*/api/", "/audit/entries", "/audit/log/")


@router.get("/robots.txt")
async def robots_txt() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_SEARCH)]
    return PlainTextResponse("".join(f"{line}\n" for line in lines))


@router.get("/security")
async def security_page(request: Request, office: TheOffice) -> Response:
    return pages_of(request).render(request, "security.html", contact=contact(office.settings))


def contact(settings: Settings) -> str:
    """Return the address as a URI."""
    address = settings.security_contact or settings.mail_from
    return address if ":" in address else f"mailto:{address}"
