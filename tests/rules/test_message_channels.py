"""The ways of sending as data: what a gateway's description must say, and what it can't."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from zi_rules.message_channels import MessageChannels, WebPushRules, load_message_channels, texts_of

GATEWAY: dict[str, Any] = {
    "name": "contoh-satu",
    "request": {
        "body": {"to": "{to}", "message": {"text": "{text}"}, "parts": ["{id}"], "count": 1},
        "headers": {"Authorization": "Bearer {secret}"},
    },
    "receipts": {"header": "X-Signature", "id": "/id", "status": "/status", "delivered": ["DELIVRD"]},
}
RULES: dict[str, Any] = {
    "email": {"retry_minutes": [1]},
    "sms": {"retry_minutes": [2, 4], "gateway": [GATEWAY]},
    "for_phones": "sms",
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    rules = copy.deepcopy(RULES)
    place: Any = rules
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = to
    return rules


def refused(rules: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refusal:
        MessageChannels.model_validate(rules)
    return str(refusal.value)


REQUEST = ("sms", "gateway", 0, "request")


def test_the_shipped_rules_send_mail_and_name_no_gateway() -> None:
    [rules] = load_message_channels()
    assert rules.email.waits[0] == timedelta(minutes=1)
    assert rules.email.breaker.rest == timedelta(seconds=30)
    assert (rules.phones, rules.gateways, rules.for_phones) == ({}, [], None)


def test_an_office_describes_its_gateways() -> None:
    rules = MessageChannels.model_validate(RULES)
    assert list(rules.phones) == ["sms"]
    [gateway] = rules.gateways
    assert (gateway.name, gateway.repeats_once, gateway.answer.busy) == ("contoh-satu", False, (429,))


def test_phones_are_written_to_by_a_channel_that_is_described() -> None:
    assert "no gateway is described" in refused(changed("for_phones", to="whatsapp"))


def test_two_gateways_have_two_names() -> None:
    assert "only once" in refused(changed("sms", "gateway", to=[GATEWAY, GATEWAY]))


def test_another_system_has_a_name_of_its_own_and_hears_of_each_step_once() -> None:
    webhook: dict[str, Any] = {"name": "call-center", "events": ["zi.intake.case_answered"]}
    [described] = MessageChannels.model_validate(RULES | {"webhook": [webhook]}).webhooks
    assert (described.name, described.events) == ("call-center", ("zi.intake.case_answered",))
    assert "only once" in refused(RULES | {"webhook": [webhook | {"name": "contoh-satu"}]})
    assert "only once" in refused(RULES | {"webhook": [webhook | {"events": webhook["events"] * 2}]})


def test_the_body_names_the_number_the_text_and_the_id() -> None:
    assert "name {to}, {text} and {id}" in refused(
        changed(*REQUEST, "body", to={"to": "{to}", "text": "{text}"})
    )


@pytest.mark.parametrize("header", ["{to}", "{text}", "{ticket}"])
def test_a_header_has_nothing_of_the_message(header: str) -> None:
    assert "nothing is put in the place of" in refused(changed(*REQUEST, "headers", to={"X-To": header}))


def test_a_form_is_flat() -> None:
    assert "fields of a form are texts" in refused(changed(*REQUEST, "format", to="form"))
    flat = {"format": "form", "body": {"to": "{to}", "text": "{text}", "id": "{id}"}}
    assert MessageChannels.model_validate(changed(*REQUEST, to=flat))


def test_one_status_says_one_thing() -> None:
    answer = {"accepted": [200, 429]}
    assert "only once" in refused(changed("sms", "gateway", 0, "answer", to=answer))
    receipts = GATEWAY["receipts"] | {"undelivered": ["DELIVRD"]}
    assert "only once" in refused(changed("sms", "gateway", 0, "receipts", to=receipts))


def test_what_nobody_knows_is_refused() -> None:
    assert "url" in refused(changed("sms", "gateway", 0, "url", to="https://example.org"))


def test_texts_are_found_at_any_depth() -> None:
    assert list(texts_of({"a": "1", "b": [{"c": "2"}, 3], "d": None})) == ["1", "2"]


PUSH = {"retry_minutes": [1], "services": ["https://push.example", "https://*.windows.example"]}


@pytest.mark.parametrize(
    ("endpoint", "is_taken"),
    [
        ("https://push.example/x", True),
        ("https://a.windows.example/x", True),
        ("https://wns2-a03p.windows.example/w/?token=x", True),
        ("https://a.b.windows.example/w/?token=x", False),
        ("http://push.example/x", False),
        ("https://push.example/", False),
        ("https://push.example:444/x", False),
        ("https://push.example.elsewhere.example/x", False),
        ("https://pushxexample/x", False),
        ("https://windows.example/x", False),
        ("https://.windows.example/x", False),
        ("https://a@b.windows.example/x", False),
        ("https://elsewhere.example/.windows.example/x", False),
        ("https://elsewhere.example?.windows.example/x", False),
        ("https://elsewhere.example\\.windows.example/x", False),
        ("https://push.example/x\r\nHost: elsewhere.example", False),
        ("https://push.example/é", False),
        ("https://[push.example/x", False),
    ],
)
def test_a_browser_names_a_push_service_of_the_office_or_none(endpoint: str, is_taken: bool) -> None:
    assert WebPushRules.model_validate(PUSH).takes(endpoint) is is_taken


def test_a_host_under_a_wildcard_is_taken_and_not_named() -> None:
    rules = WebPushRules.model_validate(PUSH)
    assert rules.names("https://push.example/x?y")
    assert not rules.names("https://a.windows.example/x")


@pytest.mark.parametrize(
    "service",
    [
        "http://push.example",
        "push.example",
        "https://*",
        "https://localhost",
        "https://push.example/x",
        "https://*.*.x",
    ],
)
def test_a_push_service_is_an_https_host(service: str) -> None:
    with pytest.raises(ValidationError):
        WebPushRules.model_validate(PUSH | {"services": [service]})


def test_a_push_service_is_named_once() -> None:
    with pytest.raises(ValidationError):
        WebPushRules.model_validate(PUSH | {"services": ["https://push.example"] * 2})


TEAM: dict[str, Any] = {"name": "regu-piket", "service": "tgram", "members": ["a", "b"]}


def with_teams(*teams: dict[str, Any]) -> dict[str, Any]:
    return RULES | {"messenger": {"retry_minutes": [1], "team": teams}}


def test_an_office_describes_its_teams() -> None:
    rules = MessageChannels.model_validate(with_teams(TEAM))
    assert [(each.name, each.language) for each in rules.teams] == [("regu-piket", "id")]
    assert MessageChannels.model_validate(RULES).teams == ()


@pytest.mark.parametrize("service", ["syslog", "json", "dbus", "file", "mailto", "ntfy"])
def test_a_team_has_no_service_that_is_not_reached_by_https_alone(service: str) -> None:
    assert "messenger.team.0.service" in refused(with_teams(TEAM | {"service": service}))


def test_a_name_and_a_member_are_named_once() -> None:
    assert "regu-piket" in refused(with_teams(TEAM, TEAM))
    assert "contoh-satu" in refused(with_teams(TEAM | {"name": "contoh-satu"}))
    assert "a" in refused(with_teams(TEAM | {"members": ["a", "a"]}))
