"""A routing that names what does not exist refuses the start, with a sentence that names it."""

import re
from pathlib import Path

import pytest
from tests.notify.shipped import shipped_routing

from zi_notify.addresses.recipient_keys import RecipientKeys
from zi_notify.notices.policies import load_policies
from zi_notify.notices.routing import load_routing, template_names
from zi_notify.texts.letter import templates, wordings
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.data_files import place_of

SHIPPED = place_of("notice_routing.toml", None).read_text()


def office(folder: Path, old: str, new: str) -> Path:
    assert old in SHIPPED
    (folder / "notice_routing.toml").write_text(SHIPPED.replace(old, new, 1))
    return folder


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("zi.intake.case_answered", "zi.intake.case_sung", "zi.intake.case_sung: no service sends such"),
        ("zi.intake.case_answered", "zi.notify.delivery_failed", "no service sends such"),
        ('template = "answered"', 'template = "sung"', r"there is no template sung \(id\)"),
        ('template = "closed_{reason}"', 'template = "shut_{reason}"', "there is no template shut_resolved"),
        ('template = "closed_{reason}"', 'template = "closed_{why}"', "has no field why"),
        ('until = "closes_on"', 'until = "opens_on"', "has no field opens_on"),
        ('unless = { field = "reversed"', 'unless = { field = "upside"', "has no field upside"),
        ('template = "lapse_{clock}"', 'template = "fades_{clock}"', "there is no template fades_reply"),
        ('template = "official_morning"', 'template = "noon"', "there is no template noon"),
        ('channels = ["email"]', 'channels = ["pigeon"]', "there is no channel pigeon"),
        ('channels = ["email"]', 'channels = ["messenger"]', "messenger is for officials alone"),
        ('until = "due"', 'until = "language"', "language is no date"),
        (
            'until = "closes_on"\n',
            "",
            r"nothing fills until in the template moved_to_appointed_answered \(id\)",
        ),
        (
            'template = "official_morning"',
            'template = "closed_resolved"',
            "nothing fills ticket in the template",
        ),
        ('template = "acknowledged"', 'template = "official_morning"', "nothing fills items in the template"),
        (
            'only = { field = "objection", value = true }',
            'only = { field = "objection", value = "yes" }',
            "objection is never 'yes'",
        ),
        (
            'unless = { field = "outcome", value = "confirmed" }',
            'unless = { field = "outcome", value = "confirmd" }',
            "outcome is never 'confirmd'",
        ),
        (
            'only = { field = "emergency", value = true }',
            'only = { field = "emergency", absent = true }',
            "emergency is never absent",
        ),
        ('ringing = ["sms"', 'ringing = ["bell"', "quiet_hours: there is no channel bell"),
        (
            'channels = ["email", "messenger"]',
            'channels = ["messenger"]',
            "officials get each notice by email",
        ),
    ],
)
def test_what_does_not_exist_is_refused_with_a_sentence(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(UnusableConfigurationError, match=sentence) as refusal:
        load_routing(office(tmp_path, old, new))
    assert str(tmp_path / "notice_routing.toml") in str(refusal.value)


def test_every_template_is_used_and_is_there_in_both_languages() -> None:
    routing = shipped_routing()
    used = {
        name
        for step, routes in routing.routes.items()
        for route in routes
        for name in template_names(route.template, step)
    }
    used |= {routing.data.morning_list.template, routing.data.reminder.template}
    used |= set(routing.data.lapse.templates) if routing.data.lapse else set()
    for language in ("id", "en"):
        assert set(wordings(templates().content, language)) <= used


def test_a_letter_is_sent_only_where_the_data_says_so() -> None:
    routing = shipped_routing()
    answers = {"answered", "answered_refused", "answered_finally", "answered_objection"}
    assert routing.letters == answers | {"clarification_asked", "erasure_refused", "time_extended"}
    assert "acknowledged" not in routing.letters


def test_the_routing_is_pinned_with_the_people_and_the_calendar_that_it_goes_by() -> None:
    policies = load_policies(None, RecipientKeys(b"a secret"))
    kinds = [each.kind for each in policies.configurations]
    assert kinds == ["notice_routing", "people", "appointed_topics", "calendar", "holidays"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ('[[official]]\naccount = "stranger"\nemail = "a@b.example"\n', "stranger is not in people.toml"),
        ('[[official]]\naccount = "officer"\nemail = "secret@x, y@z.example"\n', "Look at official.0.email"),
        ('[[official]]\naccount = "officer"\nemail = "secret"\n', "Look at official.0.email"),
        (
            '[[official]]\naccount = "head"\nemail = "secret@b.example"\n' * 2,
            "occur only once: head",
        ),
        (
            '[[official]]\naccount = "head"\nemail = "secret@b.example"\n'
            '[[official]]\naccount = "officer"\nemail = "Secret+desk@b.example"\n',
            "head and officer have one mailbox",
        ),
    ],
)
def test_an_unusable_file_of_addresses_is_refused_and_no_address_is_quoted(
    tmp_path: Path, file: str, sentence: str
) -> None:
    (tmp_path / "official_addresses.toml").write_text(file)
    with pytest.raises(UnusableConfigurationError, match=re.escape(sentence)) as refusal:
        load_policies(tmp_path, RecipientKeys(b"a secret"))
    assert "secret" not in str(refusal.value).removeprefix(str(tmp_path))


def test_an_office_without_addresses_tells_its_officials_nothing(tmp_path: Path) -> None:
    (tmp_path / "official_addresses.toml").write_text("")
    assert not load_policies(tmp_path, RecipientKeys(b"a secret")).officials.addresses.addresses
