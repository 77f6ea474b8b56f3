"""The pages of a service: its templates in the frame that all services share, in the reader's language."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from zi_chassis.office_contact import ways_to_reach
from zi_chassis.settings import Settings
from zi_chassis.web import drafts, language
from zi_chassis.web.form_page import page_path
from zi_chassis.web.language import Bilingual, Catalogue, language_of
from zi_chassis.web.security_headers import with_scripts
from zi_contracts.text import visible
from zi_rules.office import OfficeData

YEAR = 365 * 24 * 3600
SVG, LOGO = "image/svg+xml", "logo.svg"
STATIC = {
    "style.css": "text/css; charset=utf-8",
    "icon.svg": SVG,
    drafts.SCRIPT: "text/javascript; charset=utf-8",
}


class Translator(Protocol):
    def __call__(self, msgid: str | Bilingual, /, **values: object) -> str: ...


class Pages:
    """Renders `package`/templates beside what the chassis brings: frame.html, forms.html, parts.html.

    A service's layout.html (the frame with its navigation) also surrounds its problem pages.
    """

    def __init__(self, package: str, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue(package)
        self.logo = settings.office_edition.logo
        self._templates = _templates(
            package, settings.service, settings.office_data, settings.demo, self.logo_path
        )
        self._now = settings.clock().now

    @property
    def logo_path(self) -> str:
        """Return the address of the office's logo; of the seal of the house where it has none."""
        if self.logo is None:
            return static_path(self.settings.service, "icon.svg")
        return f"/{self.settings.service}/static/{_short_hash(self.logo)}/{LOGO}"

    def translator(self, code: str) -> Translator:
        return partial(self.catalogue.translate, code)

    def say(self, request: Request, msgid: str | Bilingual, /, **values: object) -> str:
        return self.catalogue.translate(language_of(request), msgid, **values)

    def render(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        code = language_of(request)
        surroundings = {**self._surroundings(request, code), **drafts.context(request, status)}
        html = self._templates.get_template(template).render(**surroundings, **context)
        answer = HTMLResponse(html, status, headers={"Vary": "Accept-Language, Cookie"})
        if surroundings["draft_author"] is not None:
            with_scripts(self.settings, answer)
        if request.query_params.get("lang") == code:
            secure = self.settings.public_url.startswith("https:")
            answer.set_cookie(
                language.COOKIE, code, max_age=YEAR, httponly=True, samesite="lax", secure=secure
            )
        return answer

    def _surroundings(self, request: Request, code: str) -> dict[str, Any]:
        return {
            "_": self.translator(code),
            "ngettext": partial(self.catalogue.count, code),
            "language": code,
            "in_language": partial(_in_language, request),
            "path": request.url.path,
            "public_url": self.settings.public_url,
            "staff": getattr(request.state, "staff", None),
            "printed_at": self._now,
            "days_until": lambda at: language.days_between(self._now(), at),
            "day": _in(language.day, code),
            "short_day": _in(language.short_day, code),
            "moment": _in(language.moment, code),
        }


def pages_of(request: Request) -> Pages:
    """Return the pages of the service that answers the request."""
    pages: Pages = request.app.state.pages
    return pages


@cache
def _templates(package: str, service: str, office: OfficeData, demo: bool, logo: str) -> Environment:
    """Compiled at first use, once a process."""
    package_templates = [PackageLoader(package)] if (files(package) / "templates").is_dir() else []
    templates = Environment(
        loader=ChoiceLoader([*package_templates, PackageLoader("zi_chassis.web")]),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # they change with a release: nobody looks at two dozen files for each page
    )
    templates.globals |= {
        "layout": "layout.html" if "layout.html" in templates.list_templates() else "frame.html",
        "static": partial(static_path, service),
        "languages": language.LANGUAGES,
        "office": office.name,
        "office_address": office.address,
        "office_ways": ways_to_reach(office),
        "logo": logo,
        "demo": demo,
    }
    return templates


def _visible(value: Any) -> Any:
    """Mark what nobody would see in a text of before, or a forged one."""
    return visible(value, allowed="\n\r\t") if type(value) is str else value


def _in(tell: Callable[[Any, str], str], code: str) -> Callable[[date | datetime], str]:
    return lambda value: tell(value, code)


def _in_language(request: Request, code: str) -> str:
    """The same page in another language, or the page of the form that was sent, as a path on this origin."""
    query = [pair for pair in request.query_params.multi_items() if pair[0] != "lang"]
    return f"{page_path(request)}?{urlencode([*query, ('lang', code)])}"


@cache
def _static(name: str) -> tuple[str, bytes]:
    content = (files("zi_chassis.web") / "static" / name).read_bytes()
    return _short_hash(content), content


def _short_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def static_path(service: str, name: str) -> str:
    return f"/{service}/static/{_static(name)[0]}/{name}"


async def static_file(request: Request) -> Response:
    """The name holds the content's hash: what was asked for by an older hash must not be kept under it."""
    name, requested = request.path_params["name"], request.path_params["hash"]
    logo = pages_of(request).logo
    if name == LOGO and logo is not None:
        current, content = _short_hash(logo), logo
    elif name in STATIC:
        current, content = _static(name)
    else:
        return Response(status_code=404)
    keep = f"public, max-age={YEAR}, immutable" if requested == current else "no-cache"
    kind = STATIC.get(name, SVG)
    return Response(content, media_type=kind, headers={"Cache-Control": keep})
