"""The forms of the pages: their key, their errors beside the fields, and their choices."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import Request
from pydantic import ValidationError

from zi_chassis.domain import DomainError
from zi_chassis.web.form import Form
from zi_chassis.web.language import language_of, msgid
from zi_chassis.web.page import pages_of
from zi_chassis.web.problem import FIELDS, RefusedError, field_errors
from zi_chassis.web.refused_form import sentence_of
from zi_intake.container import Office
from zi_intake.domain.case.refusals import AnotherBodyError
from zi_intake.read.labels import COMMODITIES, ELSEWHERE, SWITCHES
from zi_rules.appointed_topic import AppointedTopic
from zi_rules.listed import Listed

# The fields at which a form shows the error of a whole part.
FIELD_OF_PART = {
    "reporter": "reporter.name",
    "product": "product.commodity",
    "place": "place.name",
    "account": "account.ticket",
    "anonymous": "protection",
    "confidential": "protection",
}
# What to do with a field that was left empty; the other fields say that they are needed.
MISSING = {
    "text": msgid("Tell us in your own words."),
    "district": msgid("Choose a place; outside the province is one of them."),
    "topic": msgid("Choose what your question is about."),
    "product.commodity": msgid("Choose the kind of product, or that you don't know it."),
    "series": msgid("Choose which letters you need."),
    "company.name": msgid("Write the name of the company."),
    "company.address": msgid("Write the address of the company."),
    "business.name": msgid("Write the name of the business, or your own."),
    "products.0.name": msgid("Write what you make."),
    "reporter.name": msgid("Write your name."),
    "nib": msgid("Write the 13 digits of the NIB."),
}
OF_A_TOPIC = "topic:"  # before its code, where a form asks what a complaint is about


def districts(request: Request, office: Office) -> list[tuple[str, str]]:
    """Return the places that a case can be about: the districts of the office, and what is elsewhere."""
    say = partial(pages_of(request).say, request)
    return [*office_districts(request, office), *((code, say(name)) for code, name in ELSEWHERE.items())]


def office_districts(request: Request, office: Office) -> list[tuple[str, str]]:
    return named(request, office.districts)


def topics(request: Request, office: Office) -> list[tuple[str, str]]:
    return named(request, office.lists.topics)


def categories(request: Request, office: Office) -> dict[str, str]:
    """Return the names of kinds of products and of topics; a code that has left its list has none."""
    say = partial(pages_of(request).say, request)
    return {**{code: say(name) for code, name in COMMODITIES.items()}, **dict(topics(request, office))}


def with_switches(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a filing with the switches that the form has ticked."""
    ticked = fields.pop("protection", {})
    return fields | {switch: True for switch in SWITCHES if isinstance(ticked, dict) and switch in ticked}


def with_former_choice(form: Form) -> Form:
    """Return the form with the switch ticked that a page from before there were switches has sent as `confidentiality`."""
    switch = form.value("confidentiality")
    if switch not in SWITCHES:
        return form
    return replace(form, values={**form.values, f"protection.{switch}": "yes"})


def is_protected(form: Form) -> bool:
    """Return whether a switch is ticked: then nothing of the form may lie on the disk of a device that others use as well."""
    former = with_former_choice(form)
    return any(former.value(f"protection.{each}") for each in SWITCHES)


def chosen_topic(office: Office, form: Form) -> AppointedTopic | None:
    """Return the topic for appointed officials that a complaint is about, if it is about one."""
    return next(
        (each for each in office.lists.appointed_topics if form.value("kind") == OF_A_TOPIC + each.code), None
    )


def named(request: Request, listed: Sequence[Listed]) -> list[tuple[str, str]]:
    language = language_of(request)
    return [(each.code, getattr(each.name, language)) for each in listed]


def as_refused(
    request: Request,
    form: Form,
    error: ValidationError | DomainError,
    field_of_part: Mapping[str, str] = FIELD_OF_PART,
) -> Form:
    """Return the form with each error at its field; an error of no field stands at `text`."""
    if isinstance(error, AnotherBodyError):
        return _sent_before(request, form)
    if isinstance(error, DomainError):
        errors: Mapping[str, str] = {"text": sentence_of(request, error)}
    else:
        errors = _explained(request, field_errors(request, error))
    return form.refused({field_of_part.get(name, name): sentence for name, sentence in errors.items()})


def _explained(request: Request, errors: Mapping[str, str]) -> Mapping[str, str]:
    """Return the errors with what to write in a field that was left empty."""
    say = partial(pages_of(request).say, request)
    missing = say(FIELDS["missing"])
    return {
        name: say(MISSING[name]) if sentence == missing and name in MISSING else sentence
        for name, sentence in errors.items()
    }


def _sent_before(request: Request, form: Form) -> Form:
    """Return the form under a new key: whoever went back to it and wrote something else must be able to send that."""
    sentence = pages_of(request).say(
        request,
        msgid(
            "What you sent from this page before has arrived and has a ticket of its own. If this is another matter, send it now."
        ),
    )
    values = {name: text for name, text in form.values.items() if name != "key"}
    return Form(values, {"text": sentence})


def status_of(error: Exception) -> int:
    return error.status if isinstance(error, RefusedError) else 422
