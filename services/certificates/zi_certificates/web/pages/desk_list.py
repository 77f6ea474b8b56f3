"""The lists of the desk with filters, search, paging and true counts; they show no personal data."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.read.accounts import accounts_to_verify
from zi_certificates.read.desk_lists import DeskQueue, ListFilter, desk_page
from zi_certificates.web import labels
from zi_certificates.web.official import Official, SomeOfficial
from zi_certificates.web.page_context import names_of, rules_context
from zi_certificates.web.presenters import say_of
from zi_certificates.web.rule_names import CertificateRuleNames
from zi_chassis.web.form import Form
from zi_chassis.web.page import pages_of
from zi_rules.certificate.kind import CertificateKind, Goods

router = APIRouter(include_in_schema=False)

LIST = "/certificates/desk/applications"
ACCOUNTS = "/certificates/desk/accounts"
LONGEST = 120
E = TypeVar("E", bound=StrEnum)
FIELDS = ("queue", "state", "kind", "goods", "series", "officer", "overdue", "ends_soon", "text", "company")


@router.get(LIST)
async def application_list(official: SomeOfficial) -> Response:
    """Show the applications of a queue that a filter finds."""
    request, office, now = official.request, official.office, official.office.clock.now()
    form = _form_of(request)
    reader = official.list_reader
    wanted, after = _filter_of(form), request.query_params.get("after")
    page = await office.store.query(lambda tx: desk_page(tx, wanted, reader, now, after))
    query = {name: form.value(name) for name in FIELDS if form.value(name)}
    context = {
        **rules_context(request, office, office.rules.in_force(now)),
        **_choices(official, names_of(request, office, office.rules.in_force(now))),
        "person": official.person,
        "now": now,
        "form": form,
        "rows": page.rows,
        "near": page.near,
        "total": page.total,
        "title": say_of(request)(labels.QUEUES[wanted.queue]),
        "next": page.after and f"{LIST}?{urlencode({**query, 'after': page.after})}",
        "first": after and f"{LIST}?{urlencode(query)}",
    }
    return pages_of(request).render(request, "desk_list.html", 200, **context)


@router.get(ACCOUNTS)
async def account_list(official: SomeOfficial) -> Response:
    """Show the accounts that wait for an officer."""
    request, office = official.request, official.office
    reader, after = official.list_reader, request.query_params.get("after")
    text = request.query_params.get("text", "").strip()[:LONGEST]
    page = await office.store.query(lambda tx: accounts_to_verify(tx, sorted(reader.conflicts), text, after))
    context: dict[str, Any] = {
        **rules_context(request, office, office.rules.in_force(office.clock.now())),
        "rows": page.rows,
        "total": page.total,
        "form": Form({"text": text}),
        "first": after and f"{ACCOUNTS}?{urlencode({'text': text})}",
        "next": page.after and f"{ACCOUNTS}?{urlencode({'text': text, 'after': page.after})}",
    }
    return pages_of(request).render(request, "desk_accounts.html", 200, **context)


def _choices(official: Official, names: CertificateRuleNames) -> dict[str, Any]:
    say = say_of(official.request)
    return {
        "queues": [(code, say(name)) for code, name in labels.QUEUES.items()],
        "states": [(code, say(name)) for code, name in labels.STATES_FOR_OFFICERS.items()],
        "series": [(code, say(name)) for code, name in labels.SERIES.items()],
        "kinds": [(each.value, names.kind(each.value)) for each in CertificateKind],
        "goods": [(each.value, names.goods(each.value)) for each in Goods],
    }


def _form_of(request: Request) -> Form:
    query: Mapping[str, str] = request.query_params
    return Form({name: query.get(name, "").strip()[:LONGEST] for name in FIELDS})


def _filter_of(form: Form) -> ListFilter:
    """A value that the list of choices does not have filters nothing."""
    queues: tuple[DeskQueue, ...] = get_args(DeskQueue)
    named = [each for each in queues if each == form.value("queue")]
    return ListFilter(
        queue=named[0] if named else "all",
        state=_choice(ApplicationStatus, form.value("state")),
        kind=_choice(CertificateKind, form.value("kind")),
        goods=_choice(Goods, form.value("goods")),
        series="ski" if form.value("series") == "ski" else "ske" if form.value("series") == "ske" else None,
        officer=form.value("officer"),
        overdue=form.value("overdue") == "yes",
        ends_soon=form.value("ends_soon") == "yes",
        text=form.value("text"),
        company=form.value("company"),
    )


def _choice(kind: type[E], text: str) -> E | None:
    return next((each for each in kind if each.value == text), None)
