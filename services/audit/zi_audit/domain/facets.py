"""The disclosed fields of messages: those that auditors filter by, those that are carried beside an entry, and those that stay in the
entry alone. Pure.

Every field of every contract stands in exactly one of the three tables, by its path in `data`. A field of a type that is new is
filtered by where its path is known here, and carried where it is not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

LONGEST = 200  # characters of a value
MOST_VALUES = 200  # of one path in one entry
MOST_PATHS = 60
DEPTH = 4

Scalar = str | int | float | bool


class Facet(NamedTuple):
    """`fields`: the paths whose values it has. `of_case`: those of them whose value holds for the later entries of the case too, until
    another is disclosed."""

    name: str
    fields: tuple[str, ...] = ()
    of_case: tuple[str, ...] = ()


# Where a message names the versions of what it was decided by.
PINS = (
    *("standard", "standard.calendar", "standard.holidays"),
    *(
        "rules",
        "rules.calendar",
        "rules.holidays",
        "rules.hs_codes",
        "rules.numbers",
        "rules.reminders",
        "rules.standard",
        "rules.tariffs",
        "rules.amendments",
    ),
    *("promised_by.calendar", "promised_by.holidays", "promised_by.rules", "promised_by.standard"),
    *("checklist", "numbers"),
)
ASSIGNEE = "assignee"
BUSINESS = "business"
PERSON = "person"
HOLDER = "holder"
FACETS = (
    Facet(ASSIGNEE),  # see `_assignment`
    Facet(
        "official",
        (
            "officer",
            "official",
            "mentor",
            "signer",
            "evaluators",
            "asked_by",
            "reported_by",
            "drafted_by",
            "auditor",
            "officials",
        ),
    ),
    Facet(BUSINESS, ("business_ref", "former_ref"), ("business_ref",)),
    Facet(PERSON, ("person_ref",), ("person_ref",)),
    Facet("district", ("district",), ("district",)),
    Facet("commodity", ("commodity", "goods"), ("commodity", "goods")),
    Facet("topic", ("topic",), ("topic",)),
    Facet("series", ("series",), ("series",)),
    Facet("confidentiality", ("confidentiality",), ("confidentiality",)),
    Facet("kind", ("kind", "kinds", "letters.kind")),
    Facet("configuration", ("id", *(f"{pin}.id" for pin in PINS)), ("standard.id",)),
    Facet(
        "digest",
        (
            "digest",
            "template_digest",
            "certificate",
            "former_certificate",
            *(f"{pin}.digest" for pin in PINS),
        ),
    ),
    Facet("number", ("number", "products.number", "by_number", "former", "withdrawn")),
    Facet("letter", ("letter", "letters.letter")),
    Facet("visit", ("visit",)),
    Facet("stated_purpose", ("purpose",)),
    Facet(
        "reason",
        (
            "reason",
            "reason_class",
            "refusal",
            "reasons.reason",
            "wanted.reason",
            "answered.reason",
            "refused.reason",
            "overtaken.reason",
        ),
    ),
    Facet("state", ("state",)),
    Facet(HOLDER, ("holder",), ("holder",)),
)
NAMES = tuple(facet.name for facet in FACETS)
_FACET_OF = {path: facet.name for facet in FACETS for path in facet.fields}
_OF_CASE = frozenset(path for facet in FACETS for path in facet.of_case)

_CARRIED = """
due former_due holds_until acknowledge_by reply_by closes_on pay_by open_until complete_at retry_at begins ends claimed_at since silent_since year
letters.valid_until standard.tier standard.source_status source_status effective_from version template_version
products.product
amount attempt count limit revision resubmission resubmissions_left item_count hs_codes products product has_nib
document parts item critical findings points rating outcomes.product outcomes.track outcomes.risk assessor side standing
unsigned places enrolled attended before after acts_for_others second fact source reversed repeats
means trip_recorded point group owner attendee counts.group counts.people counts.target people people.group quorum signature signatures
public_signatures actions proposals amended_standard
question
check found.item found.finding found.remarked second_look checklist
fields reasons.where reasons.item wanted.where wanted.item answered.where answered.item refused.where refused.item overtaken.ticket parked unnamed
account replaces amendment to role letters.personal_signature
measure late after_limit forward_by report_by done_on
theme link groups.group groups.target quorum agenda.source agenda.subject agenda.count reached.group reached.count has_quorum
quorum_counts groups_reached components changed_components
proposals proposal group invitation own_entry own_draft duplicate_of support outcome grounds place
anonymous confidential wants_answer objection final
channel provider language media_type size name sender position first last index after_position forged messages.index messages.sequence origin
answer_until smallest_group spent withheld service manner forum until next_due outcome effective_to waiver follows
quarter opens closes scale conversion least_answers day on_paper from_office flag of finding decision interval
questionnaire.id questionnaire.version questionnaire.digest element elements responsible
road system to_official frequency settlement budget_line minutes generation renews path valid_until objection_until
visited_on body allowed emergency illness_claimed judge_by clock reported_late owed is_decided offer_by answer_by opens_at give_by find_cause_by forms how proof root_cause step
"""
CARRIED = frozenset(_CARRIED.split()) | {f"{pin}.version" for pin in PINS}

# Digests, keys, ids of what lies elsewhere in the store, and what says how others are reached.
_LEFT_OUT = """
items items.item items.field items.digest file file.item file.field file.digest item.item item.field item.digest
letters.item.item letters.item.field letters.item.digest letters.content letters.template content template hash head
expected found messages.hash policy old_vkey new_vkey data_subject reachable_by answer answers over photo cause event
comment signs code_digest code_digests
disclosure
opening acting application case seen.umkm seen.integrity outcomes.track_ruling outcomes.risk_ruling counts
trip cases
people.name.item people.name.field people.name.digest scan.item scan.field scan.digest content.item content.field content.digest
name.item name.field name.digest
products.items products.items.item products.items.field products.items.digest
missed unnumbered
summary waiver_statement unnamed_reason
targets.service targets.finished targets.target values comment.item comment.field comment.digest note action evidence seed
import_key tokens modulus exponent scheme blinded key
results.service results.answers results.on_paper results.target results.sums results.index results.low results.high results.grade
people.name.item people.name.field people.name.digest
scan.item scan.field scan.digest content.item content.field content.digest
name.item name.field name.digest
matter promise promise_en compensation compensation_en
"""
LEFT_OUT = frozenset(_LEFT_OUT.split())

_TICKET = re.compile(r"[0-9A-Z]{8}[0-9A-Z*~$=]")
# Whose hands a case comes into: by the field that names the official, or the actor.
_ASSIGNED: Mapping[str, str | None] = {
    "zi.intake.case_assigned": "officer",
    "zi.umkm.mentoring_recorded": "mentor",
    "zi.certificates.application_taken": None,
}
_RELEASED = frozenset({"zi.certificates.application_released"})

Fields = Mapping[str, Scalar | Sequence[Scalar]]
Facts = Mapping[str, str]


def is_case(subject: str) -> bool:
    """Return whether a message's subject has the shape of a ticket, and is not a word such as `ledger`."""
    return _TICKET.fullmatch(subject) is not None


def carried(data: Any) -> dict[str, Scalar | Sequence[Scalar]]:
    """The disclosed values by path, without what stays in the entry; several at one path as a list."""
    fields: dict[str, Scalar | list[Scalar]] = {}
    for path, value, several in _leaves(data, "", False, 0):
        present = fields.get(path)
        if present is None and len(fields) < MOST_PATHS:
            fields[path] = [value] if several else value
        elif isinstance(present, list) and len(present) < MOST_VALUES:
            present.append(value)
    return fields  # type: ignore[return-value]


def _leaves(data: Any, path: str, several: bool, depth: int) -> Iterator[tuple[str, Scalar, bool]]:
    if path in LEFT_OUT or depth > DEPTH:
        return
    match data:
        case dict():
            for name, value in data.items():
                yield from _leaves(value, text(f"{path}.{name}" if path else name), several, depth + 1)
        case list():
            for value in data:
                yield from _leaves(value, path, True, depth + 1)
        case str():
            yield path, text(data), several
        case bool() | int():
            yield path, data, several
        case float() if isfinite(data):
            yield path, data, several


def text(value: str) -> str:
    """As a database keeps it: no NUL, not longer than a name."""
    return value[:LONGEST].replace("\0", "\ufffd")


def own_values(fields: Fields) -> Iterator[tuple[str, str]]:
    """Facet and value of everything that the entry itself discloses."""
    for path, value in fields.items():
        if path in _FACET_OF:
            for each in _several(value):
                yield _FACET_OF[path], _word(each)


def in_force(fields: Fields, facts: Facts) -> Mapping[str, Sequence[str]]:
    """By facet the values that an entry is found by: its own, and what its case was said to have before."""
    values = {name: [value] for name, value in facts.items()}
    for name, value in own_values(fields):
        if value not in values.setdefault(name, []):
            values[name].append(value)
    return values


def facts_after(facts: Facts, type: str | None, actor: str | None, fields: Fields) -> Facts:
    """Return the facts of a case once this entry is in the log; the same object when nothing changed."""
    new = {
        _FACET_OF[path]: _word(last)
        for path, value in fields.items()
        if path in _OF_CASE
        for last in _several(value)[-1:]
    }
    after = {**facts, **new, **_assignment(type, actor, fields)}
    if type in _RELEASED:
        after.pop(ASSIGNEE, None)
    return facts if after == facts else after


def _assignment(type: str | None, actor: str | None, fields: Fields) -> Facts:
    if type is None or type not in _ASSIGNED:
        return {}
    field = _ASSIGNED[type]
    official = actor if field is None else fields.get(field)
    return {ASSIGNEE: official} if isinstance(official, str) else {}


def merged(fields: Fields) -> tuple[str, str] | None:
    """The two references of one business, where the entry discloses that they are."""
    new, former = fields.get("business_ref"), fields.get("former_ref")
    return (new, former) if isinstance(new, str) and isinstance(former, str) else None


def _several(value: Scalar | Sequence[Scalar]) -> Sequence[Scalar]:
    return value if isinstance(value, list) else (value,)  # type: ignore[return-value]


def _word(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
