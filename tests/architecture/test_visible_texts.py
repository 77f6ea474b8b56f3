"""Every text that a person sends is what it looks like: all text fields of all commands, of all bodies and of all forms refuse signs that
nobody sees, a new one too, and what was recorded before is still read."""

import csv
import importlib
import inspect
import io
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError

from zi_audit.web.saved_queries import Name as QueryName
from zi_chassis.bus.lanes import MessageSkipped
from zi_chassis.domain import Act, Command, DomainError, Event, UnseenSignError
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import decode, encode
from zi_chassis.web.form import Form
from zi_chassis.webhooks.public_address import PublicAddresses
from zi_contracts.text import VisibleText
from zi_intake.bodies.filings import ComplaintBody
from zi_intake.bodies.lapor_lines import read_lapor
from zi_intake.domain.case.messages import CaseAssigned
from zi_integrity.web.form_fields import required_words
from zi_integrity.web.survey_fields import line_of
from zi_integrity.web.survey_form import comment_of
from zi_rules.certificate.item_list import COLUMNS, ItemReport, parse_items
from zi_umkm.web.form_fields import text_of

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "certificates", "umkm", "integrity", "notify", "audit")
HIDDEN = ("\u202e", "\u200b", "\u00ad", "\u2028", "\ue000", "\ufffe", "\u0378", "\0")
BY = Act(at=datetime(2026, 3, 2, tzinfo=UTC), actor="officer-ani", role="staff:officer")


def modules() -> list[ModuleType]:
    found = []
    for package in ("zi_chassis", *(f"zi_{service}" for service in SERVICES)):
        top = importlib.import_module(package)
        names = (each.name for each in pkgutil.walk_packages(top.__path__, f"{package}."))
        found += [importlib.import_module(name) for name in names]
    return found


def subclasses(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def of_this_house(kind: type[BaseModel]) -> list[type[BaseModel]]:
    modules()
    found = {each for each in subclasses(kind) if each.__module__.startswith("zi_")}
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))


def named(kinds: Sequence[type[BaseModel]]) -> Mapping[str, type[BaseModel]]:
    return {f"{each.__module__}.{each.__qualname__}": each for each in kinds}


COMMANDS = named(of_this_house(Command))
EVENTS = named(of_this_house(Event))
BODIES = {
    name: each
    for name, each in named(of_this_house(BaseModel)).items()
    if re.search(r"(Body|Form)$", name) or any(base.__name__ in ("Body", "_Body") for base in each.__mro__)
}


class Leaf(NamedTuple):
    """A text somewhere in a model: the way to it, and its annotation with all that belongs to it."""

    path: str
    annotation: Any


def leaves(annotation: Any, path: str = "", metadata: tuple[Any, ...] = ()) -> Iterator[Leaf]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        yield from leaves(inner, path, (*metadata, *more))
    elif annotation is str:
        yield Leaf(path, Annotated[(str, *metadata)] if metadata else str)
    elif origin is Literal or (inspect.isclass(annotation) and issubclass(annotation, Enum)):
        return
    elif inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            place = f"{path}.{name}" if path else name
            yield from leaves(field.annotation, place, tuple(field.metadata))
    else:
        for inner in get_args(annotation):
            yield from leaves(inner, path)


# -- commands


def sample(annotation: Any, path: str, hidden: str, text: str) -> Any:
    """A value of the type, in which the text at `hidden` is this one."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return sample(inner[0], path, hidden, text)
    if annotation is str:
        return text if path == hidden else "text"
    if origin is Literal:
        return inner[0]
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation.model_construct(
            **{
                name: sample(field.annotation, f"{path}.{name}" if path else name, hidden, text)
                for name, field in annotation.model_fields.items()
            }
        )
    if inspect.isclass(annotation) and issubclass(annotation, Enum):
        return next(iter(annotation))
    return _plain(annotation, path, hidden, text)


def _plain(annotation: Any, path: str, hidden: str, text: str) -> Any:
    origin, inner = get_origin(annotation), get_args(annotation)
    fixed = {
        int: 1,
        float: 1.0,
        bool: True,
        Decimal: Decimal(1),
        UUID: UUID(int=1),
        datetime: datetime(2026, 3, 2, tzinfo=UTC),
        date: date(2026, 3, 2),
        timedelta: timedelta(minutes=1),
        type(None): None,
    }
    if annotation in fixed:
        return fixed[annotation]
    if origin in (tuple, frozenset):
        parts = [each for each in inner if each is not ...]
        return origin(sample(each, path, hidden, text) for each in parts)
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        has_texts = any(leaves(inner[1], path))
        key = sample(inner[0], path, "" if has_texts else hidden, text)
        return {key: sample(inner[1], path, hidden, text)}
    if inner:
        several = [each for each in inner if each is not type(None)]
        holding = [e for e in several if any(leaf.path == hidden for leaf in leaves(e, path))]
        first = next((e for e in (*holding, *several) if any(leaves(e, path))), several[0])
        return sample(first, path, hidden, text)
    raise AssertionError(f"{path}: {annotation}")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_holds_no_text_that_is_not_what_it_looks_like(name: str) -> None:
    command = COMMANDS[name]
    for leaf in leaves(command):
        for sign in HIDDEN:
            spoilt = sample(command, "", leaf.path, f"a{sign}b")
            with pytest.raises(UnseenSignError) as refused:
                spoilt._refuse_unseen_signs()
            assert refused.value.values["code"] == f"U+{ord(sign):04X}", leaf
        sample(command, "", leaf.path, "Ma'mun é شركة")._refuse_unseen_signs()


def test_there_are_commands_with_texts() -> None:
    assert sum(1 for each in COMMANDS.values() for _ in leaves(each)) > 200


# -- events


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_read_whatever_was_recorded_before_there_was_this_rule(name: str) -> None:
    """None of its texts has the strict type, in whatever it holds; so it can't have a validator of commands either."""
    strict = [
        leaf.path for leaf in leaves(EVENTS[name]) if any(isinstance(m, VisibleText) for m in _metadata(leaf))
    ]
    assert strict == []
    assert not hasattr(EVENTS[name], "_refuse_unseen_signs")


def _metadata(leaf: Leaf) -> Sequence[Any]:
    return get_args(leaf.annotation)[1:]


def test_an_event_with_such_a_sign_is_read_to_the_letter() -> None:
    assigned = CaseAssigned(by=BY, officer="officer\u202e-ani")
    assert decode(encode(assigned, bytes(32)), CaseAssigned) == assigned
    skipped = MessageSkipped(by=BY, sender="umkm", position=1, hash="ab", reason="a\u200bb")
    assert decode(encode(skipped, bytes(32)), MessageSkipped) == skipped


# -- bodies

# What searches has to find what a forger wrote; saving such a question is refused (tests/audit/test_saved_queries.py).
SEARCHES = {"zi_audit.domain.question.EntryFilter"}
# What is only compared with what the office has: a code on a letter, a version of a checklist. The command that follows is strict.
COMPARED = {
    ("zi_certificates.web.api.verify.CodeBody", "code"),
    ("zi_umkm.use_cases.sync.SyncBody", "checklist.id"),
}


def routed(service: str, folder: Path) -> Mapping[str, type[BaseModel]]:
    """Whatever a route of the service takes as its body."""
    found: list[type[BaseModel]] = []
    app: FastAPI = importlib.import_module(f"zi_{service}.main").create_app(
        Settings(service=service, data=folder)
    )
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            kinds = [parameter.field_info.annotation for parameter in route.dependant.body_params]
            found += [kind for kind in kinds if inspect.isclass(kind) and issubclass(kind, BaseModel)]
    return named(found)


def accepts(annotation: Any, text: str) -> bool:
    try:
        TypeAdapter(annotation).validate_python(text)
    except ValidationError:
        return False
    return True


def lets_through(name: str, body: type[BaseModel]) -> list[tuple[str, str]]:
    """Text fields and the signs that they take although nobody sees them."""
    return [
        (leaf.path, f"U+{ord(sign):04X}")
        for leaf in leaves(body)
        for sign in HIDDEN
        if (name, leaf.path) not in COMPARED and accepts(leaf.annotation, f"a{sign}b")
    ]


@pytest.mark.parametrize("name", BODIES)
def test_a_body_takes_no_text_that_is_not_what_it_looks_like(name: str) -> None:
    assert lets_through(name, BODIES[name]) == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_route_takes_such_a_text_in_its_body(service: str, tmp_path: Path) -> None:
    bodies = {name: body for name, body in routed(service, tmp_path).items() if name not in SEARCHES}
    assert {name: lets_through(name, body) for name, body in bodies.items()} == {key: [] for key in bodies}


# -- forms


class Typed(NamedTuple):
    """A text field of the forms of a service; a name that ends in a dot goes on with what it speaks of."""

    service: str
    name: str


FIELD = re.compile(r"forms\.(?:field|textarea)\(\s*\w*form,\s*([^,]+),([^\n]*)")
PLAIN = re.compile(r'type="(?:date|datetime-local|number)"')
VARIABLES = {"name": "products.name", "description": "products.description"}
Reader = Callable[[str], object]


def typed_fields() -> set[Typed]:
    found = set()
    for service in SERVICES:
        for template in (ROOT / f"services/{service}/zi_{service}/templates").rglob("*.html"):
            for name, rest in FIELD.findall(template.read_text()):
                if not PLAIN.search(rest):
                    found.add(
                        Typed(service, VARIABLES.get(name) or name.partition("~")[0].strip().strip('"'))
                    )
    return found


def read_by_text_of(lines: bool) -> Reader:
    """As umkm's pages read what was typed."""

    def reads(text: str) -> None:
        text_of(Form({"name": text}), "name", lines=lines)

    return reads


def read_by(body: str, path: str) -> Reader:
    """As a field of a body; `path` is without the numbers of places in it."""
    *_, leaf = [leaf for leaf in leaves(BODIES[body]) if leaf.path == path]
    return TypeAdapter(leaf.annotation).validate_python


def read_as_a_cell(column: str) -> Reader:
    """As one product typed by hand, which is read as a line of a table is."""

    def reads(text: str) -> None:
        lines = io.StringIO()
        cells = dict.fromkeys(COLUMNS, "x") | {column: text}
        csv.writer(lines).writerows([list(cells), list(cells.values())])
        report = parse_items(lines.getvalue().encode())
        assert isinstance(report, ItemReport)
        if any(problem.column == column for problem in report.problems):
            raise UnseenSignError(column, "")

    return reads


def read_by_line_of(text: str) -> None:
    """As the desk of surveys reads what was typed."""
    line_of(Form({"name": text}), "name")


def read_by_register_form(lines: bool) -> Reader:
    """As the pages of the registers read what was typed."""

    def reads(text: str) -> None:
        required_words(Form({"name": text}), "name", lines=lines)

    return reads


def read_as_a_line_of_lapor(text: str) -> None:
    [line] = read_lapor(f"id,text,district\n1,{text},tarakan\n")
    ComplaintBody.model_validate(line.complaint)


def filing(*bodies: str) -> Mapping[str, Reader]:
    """By the paths of intake's bodies, which are the names of its forms' fields."""
    return {
        leaf.path: read_by(name, leaf.path)
        for name in (f"zi_intake.bodies.filings.{body}" for body in bodies)
        for leaf in leaves(BODIES[name])
    }


# The bodies of intake by which officers work on a case besides questions and answers, with their texts.
OFFICERS_WORK = {
    "AddCaseBody": ("added_ticket", "link_reason"),
    "LinkBody": ("title", "link_reason"),
    "UnlinkBody": ("unlink_reason",),
    "VisitBody": ("findings",),
    "MoveBody": ("moving_reason",),
    "ReferBody": ("referral_reason", "referral_text"),
    "ReturnDraftBody": ("draft_reason",),
}
READ: Mapping[str, Mapping[str, Reader]] = {
    "intake": {
        **filing("ComplaintBody", "ConsultationBody", "CertificateBody", "MentoringBody"),
        "nib": read_by("zi_intake.bodies.filings.NumberBody", "nib"),
        "question": read_by("zi_intake.bodies.filings.WordsBody", "text"),
        "answer": read_by("zi_intake.bodies.filings.WordsBody", "text"),
        "officer": read_by("zi_intake.bodies.filings.AssignBody", "officer"),
        "note": read_by("zi_intake.bodies.filings.WordsBody", "text"),
        "added": read_by("zi_intake.bodies.words.AddedWordsBody", "text"),
        **filing("TriageBody"),
        **{
            name: read_by(f"zi_intake.bodies.handling.{body}", name)
            for body, names in OFFICERS_WORK.items()
            for name in names
        },
        "file": read_as_a_line_of_lapor,
        **{
            name: read_by("zi_intake.bodies.publication.PublicationBody", name)
            for name in ("public_title", "public_product", "public_number")
        },
        "purpose": read_by("zi_intake.bodies.information.InformationBody", "purpose"),
        "extension_reason": read_by("zi_intake.bodies.information.ExtendTimeBody", "extension_reason"),
        "refusal_text": read_by("zi_intake.bodies.information.RefuseInformationBody", "text"),
        "decision": read_by("zi_intake.bodies.information.DecideObjectionBody", "text"),
    },
    "certificates": {
        "note": read_by("zi_certificates.web.bodies.ReasonsBody", "note"),
        "standing_note.": read_by("zi_certificates.web.bodies.StandingBody", "note"),
        "call.": read_by("zi_certificates.web.bodies.AmendmentCallBody", "note"),
        "answers.": read_by("zi_certificates.web.bodies.AnswerBody", "text"),
        "official": read_by("zi_certificates.web.bodies.OverrideBody", "official"),
        "hs_codes": read_by("zi_certificates.web.bodies.AccountBody", "hs_codes"),
        "url": PublicAddresses().checked,
        "warehouse": read_by("zi_certificates.web.bodies.AccountBody", "warehouse"),
        "country": read_by("zi_certificates.web.bodies.StatementBody", "country"),
        "annex_fields.": read_by("zi_certificates.web.bodies.StatementBody", "annex_fields"),
        "replaces": read_by("zi_certificates.web.bodies.StatementBody", "replaces"),
        "producer": read_by("zi_certificates.web.bodies.PartiesBody", "producer"),
        "consignee": read_by("zi_certificates.web.bodies.PartiesBody", "consignee"),
        "refund.": read_by("zi_certificates.web.bodies.RefundBody", "refund"),
        "scheme": read_by("zi_certificates.web.master_bodies.PermitBody", "number"),
        **{
            name: read_by("zi_certificates.web.master_bodies.ProducerEntryBody", name)
            for name in ("label", "name", "address", "contact")
        },
        "kind_name": read_by("zi_certificates.web.master_bodies.ProductEntryBody", "kind_name"),
        "composition": read_by("zi_certificates.web.master_bodies.ProductEntryBody", "composition"),
        **{column: read_as_a_cell(column) for column in COLUMNS if column != "country"},
    },
    "umkm": {
        **{name: read_by_text_of(lines=True) for name in ("note", "cause", "correction", "plan", "permit")},
        **{
            name: read_by_text_of(lines=True)
            for name in (
                "cause.",
                "correction.",
                "plan.",
                "reopen.",
                "seen.",
                "reason.",
                "question",
                "asked",
                "asked.",
                "day_note.",
                "objection",
                "propose.revocation",
                "decide.revocation",
                "drop.revocation",
                "remark.",
            )
        },
        **{name: read_by_text_of(lines=False) for name in ("name", "number", "given.", "nickname")},
        "number.": read_by("zi_umkm.web.bodies.RecordNumberBody", "number"),
        "mentor": read_by("zi_umkm.web.bodies.AssignMentorBody", "mentor"),
        "to": read_by("zi_umkm.web.bodies.ConsentBody", "to"),
        "composition": read_by_text_of(lines=True),
        "pack": read_by_text_of(lines=False),
        "kbli": read_by("zi_umkm.web.bodies.RestateBody", "kbli"),
        **dict.fromkeys(("transport", "budget_line"), read_by_text_of(lines=False)),
        "people": read_by("zi_umkm.web.trip_bodies.PlanTripBody", "people"),
    },
    "integrity": {
        **dict.fromkeys(("note.", "action.", "responsible.", "evidence."), read_by_line_of),
        **dict.fromkeys(
            ("issue.", "agreement.", "dissent.", "evidence", "reason", "standard"),
            read_by_register_form(lines=True),
        ),
        "words": lambda text: comment_of(Form({"words": text})),
        **dict.fromkeys(
            ("note", "text", "decision", "more", "relation", "thing"), read_by_register_form(lines=True)
        ),
        **dict.fromkeys(("official", "giver", "occasion", "place"), read_by_register_form(lines=False)),
        **dict.fromkeys(
            (
                *("promise", "promise_en", "compensation", "compensation_en", "summary", "component."),
                *("offer_text", "proof_text", "cause_text"),
            ),
            read_by_register_form(lines=True),
        ),
        **dict.fromkeys(
            ("title.id", "title.en", "period.new.title.id", "period.new.title.en"),
            read_by_register_form(lines=False),
        ),
        **dict.fromkeys(
            ("follows", "waiver_statement", "unnamed_reason"), read_by_register_form(lines=False)
        ),
        "theme": read_by("zi_integrity.web.forum_bodies.ForumPlanBody", "theme"),
        "forum_place": read_by("zi_integrity.web.forum_bodies.ForumPlanBody", "forum_place"),
        "forum_link": read_by("zi_integrity.web.forum_bodies.ForumPlanBody", "forum_link"),
        "forum_email": read_by("zi_integrity.web.forum_bodies.CodeRequestBody", "forum_email"),
        "proposal_title": read_by("zi_integrity.web.forum_bodies.ProposalBody", "proposal_title"),
        "proposal_text": read_by("zi_integrity.web.forum_bodies.ProposalBody", "proposal_text"),
        "comment_text": read_by("zi_integrity.web.forum_bodies.CommentBody", "comment_text"),
        "addressee": read_by("zi_integrity.web.forum_bodies.InvitationBody", "addressee"),
        "grounds": read_by("zi_integrity.web.forum_bodies.SettlementBody", "grounds"),
    },
    "notify": {},
    "audit": {
        "reason": read_by("zi_audit.web.anomalies.AcknowledgeBody", "reason"),
        "decision": read_by("zi_audit.web.continuations.ContinueForm", "decision"),
        "name": TypeAdapter(QueryName).validate_python,
    },
}
# What is looked up, counted or parsed as a number or a day, and never kept as it was typed.
LOOKED_UP = {
    *(Typed("notify", name) for name in ("ticket", "find")),
    *(Typed("intake", name) for name in ("ticket", "code")),
    *(Typed("certificates", name) for name in ("wanted", "letter", "text", "company", "officer", "party")),
    *(Typed("certificates", name) for name in ("number", "year", "shelf_life_months", "passphrase")),
    *(Typed("umkm", name) for name in ("wanted", "ticket", "code", "before.", "after.", "places")),
    *(Typed("umkm", name) for name in ("q", "cases", "hours", "year")),
    *(Typed("integrity", name) for name in ("finished.", "token", "ticket", "search", "value")),
    *(Typed("integrity", name) for name in ("forum", "forum_code", "number", "proposals.")),
    *(Typed("integrity", name) for name in ("fee.", "fee_up_to.", "period.new.amount")),
    *(
        Typed("integrity", name)
        for name in ("code_name", "count", "duplicate_of", "quorum", "target.", "wanted")
    ),
    *(Typed("audit", name) for name in ("least_hours", "most_hours")),
}


def test_every_form_makes_its_text_fields_with_the_macros_that_are_looked_at_here() -> None:
    """A search of auditors is the one that does not, and keeps nothing."""
    written = re.compile(
        r'<textarea[^>]*name=|<input(?![^>]*type="(?:hidden|radio|checkbox|file|date|submit)")[^>]*name='
    )
    pages = {
        path.name
        for path in ROOT.glob("services/*/zi_*/templates/**/*.html")
        if written.search(path.read_text())
    }
    assert pages == {"search.html"}


def test_every_text_field_of_every_form_has_its_reader() -> None:
    """A new field gets a line above: which type reads it? One that is gone is taken out."""
    known = {Typed(service, name) for service, readers in READ.items() for name in readers}
    assert typed_fields() - known - LOOKED_UP == set()
    assert typed_fields() >= LOOKED_UP


@pytest.mark.parametrize(
    "field", sorted(typed_fields() - LOOKED_UP), ids=lambda field: f"{field.service}-{field.name}"
)
def test_a_form_takes_no_text_that_is_not_what_it_looks_like(field: Typed) -> None:
    for sign in HIDDEN:
        with pytest.raises((ValidationError, DomainError)):
            READ[field.service][field.name](f"a{sign}b")
