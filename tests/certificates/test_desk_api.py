"""What officials do by programs."""

from typing import Any
from uuid import uuid4

import pytest
from tests.certificates.calling import ACCOUNT, Calling
from tests.web.calling import key

from zi_certificates.messaging.upstream import IntakeRequest

REASON = {"reason": "name_differs", "where": "product", "item": 1}


async def done(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def decided(calling: Calling, request: IntakeRequest, command: str, body: Any, headers: Any) -> Any:
    return await done(await calling.post(f"/applications/{request.ticket}/{command}", body, headers))


async def sealed(calling: Calling) -> tuple[IntakeRequest, str]:
    """An application whose letter is issued, and the letter's id."""
    request = await calling.inside.signed()
    await calling.inside.sealed(request)
    [letter] = (await calling.inside.state(request)).letters
    return request, str(letter.id)


# -- evaluators


async def test_the_queue_is_taken_in_its_order_and_tells_nothing_personal(calling: Calling) -> None:
    inside = calling.inside
    first, second = await inside.paid("one", "a" * 64), await inside.paid("two", "b" * 64)
    await inside.declared("evaluator-ani", "a" * 64)
    answer = await done(await calling.get("/queue", calling.evaluator))
    assert [(each["ticket"], each["passed_over"]) for each in answer["waiting"]] == [
        (first.ticket, "conflict"),
        (second.ticket, None),
    ]
    assert answer["counts"] == {"queued": 2}
    taken = await done(await calling.post("/queue/take", None, calling.evaluator))
    assert (taken["ticket"], taken["state"]) == (second.ticket, "evaluation")


async def test_taking_under_the_same_key_takes_once(calling: Calling) -> None:
    await calling.inside.paid("one", "a" * 64)
    await calling.inside.paid("two", "b" * 64)
    once = calling.evaluator | key()
    first, second = [await done(await calling.post("/queue/take", None, once)) for _ in range(2)]
    assert first["ticket"] == second["ticket"]
    assert second["event_id"] is None


async def test_an_empty_queue_says_so(calling: Calling) -> None:
    refused = await calling.post("/queue/take", None, calling.evaluator)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:nothing_waits")


async def test_two_evaluators_pass_it_and_a_signer_signs(calling: Calling) -> None:
    request = await calling.inside.paid()
    for name in ("evaluator-ani", "evaluator-eko"):
        who = calling.person(name, "evaluator")
        taken = await done(await calling.post("/queue/take", None, who))
        passed = await decided(calling, request, "pass", {"revision": taken["revision"]}, who)
    assert passed["state"] == "approval"
    body = {"revision": passed["revision"]}
    signed = await decided(calling, request, "sign", body, calling.signer)
    assert signed["state"] == "issued_unsealed"
    assert "Budi Contoh" in calling.inside.vault.texts(request.ticket, "letter.content")[0]


async def test_a_signer_sends_it_back_with_reasons(calling: Calling) -> None:
    request = await calling.inside.passed()
    body = {"reasons": [REASON], "note": "Nama produk berbeda."}
    back = await decided(calling, request, "send-back", body, calling.signer)
    assert back["state"] == "evaluation"
    assert calling.inside.vault.texts(request.ticket, "note") == ["Nama produk berbeda."]


async def test_an_evaluator_releases_and_another_takes(calling: Calling) -> None:
    request = await calling.inside.paid()
    await calling.post("/queue/take", None, calling.evaluator)
    released = await decided(calling, request, "release", {"reason": "absence"}, calling.evaluator)
    assert released["state"] == "queued"
    other = calling.person("evaluator-eko", "evaluator")
    assert (await done(await calling.post("/queue/take", None, other)))["ticket"] == request.ticket


@pytest.mark.parametrize("role", ["supervisor", "head"])
async def test_who_evaluates_too_takes_nothing_away_from_a_colleague(calling: Calling, role: str) -> None:
    """They could take it themselves then."""
    request = await calling.inside.paid()
    await calling.post("/queue/take", None, calling.evaluator)
    where, both = f"/applications/{request.ticket}/release", calling.person("eka", "evaluator", role)
    refused = await calling.post(where, {"reason": "absence"}, both)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:not_yours_to_release")
    assert (await calling.post(where, {"reason": "absence"}, calling.person("eka", role))).status_code == 200


async def test_who_supervises_too_gives_back_what_they_took(calling: Calling) -> None:
    request = await calling.inside.paid()
    both = calling.person("eka", "supervisor", "evaluator")
    await calling.post("/queue/take", None, both)
    released = await decided(calling, request, "release", {"reason": "workload"}, both)
    assert released["state"] == "queued"


async def test_only_whoever_took_it_decides(calling: Calling) -> None:
    request = await calling.inside.paid()
    await calling.post("/queue/take", None, calling.evaluator)
    other = calling.person("evaluator-eko", "evaluator")
    for command, body in (
        ("pass", {"revision": 1}),
        ("reject", {"reasons": [REASON]}),
        ("ask-data", {"wanted": [REASON]}),
    ):
        refused = await calling.post(f"/applications/{request.ticket}/{command}", body, other)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:not_your_application")


@pytest.mark.parametrize(
    "wrong",
    [
        {"reasons": []},
        {"reasons": [{"reason": "do_not_like_it", "where": "product"}]},
        {"reasons": [{"reason": "name_differs", "where": "Pak Budi, 0811 0000 1234"}]},
        {"reasons": [REASON | {"item": 0}]},
        {"reasons": [REASON], "note": "\x00"},
        {"reasons": [REASON], "notes": "typed wrong"},
    ],
)
async def test_reasons_come_from_closed_lists_because_they_are_published(
    calling: Calling, wrong: Any
) -> None:
    request = await calling.inside.paid()
    await calling.post("/queue/take", None, calling.evaluator)
    refused = await calling.post(f"/applications/{request.ticket}/reject", wrong, calling.evaluator)
    assert refused.status_code == 422


# -- letters


async def test_a_letter_is_suspended_reinstated_and_revoked(calling: Calling) -> None:
    request, letter = await sealed(calling)
    steps = [
        ("suspend", {"reason": "unsafe_product", "note": "Uji ulang."}, "suspended", calling.signer),
        ("reinstate", {"reason": "cause_removed"}, "issued", calling.person("head-dewi", "head")),
        ("revoke", {"reason": "false_statement"}, "revoked", calling.signer),
    ]
    for command, body, state, who in steps:
        answer = await done(await calling.post(f"/letters/{letter}/{command}", body, who))
        assert (answer["ticket"], answer["state"]) == (request.ticket, state)
    [result] = (await calling.read(request))["letters"]
    assert (result["standing"], result["reason"]) == ("revoked", "false_statement")


async def test_a_suspension_is_ended_by_somebody_else_and_with_a_reason(calling: Calling) -> None:
    _, letter = await sealed(calling)
    await done(await calling.post(f"/letters/{letter}/suspend", {"reason": "unsafe_product"}, calling.signer))
    again = f"/letters/{letter}/reinstate"
    alone = await calling.post(again, {"reason": "cause_removed"}, calling.signer)
    assert (alone.status_code, alone.json()["type"]) == (409, "urn:zona:problem:own_suspension")
    head = calling.person("head-dewi", "head")
    assert (await calling.post(again, {}, head)).status_code == 422
    assert (await done(await calling.post(again, {"reason": "cause_removed"}, head)))["state"] == "issued"


async def test_a_letter_that_nobody_signed_for_is_not_found(calling: Calling) -> None:
    refused = await calling.post(f"/letters/{uuid4()}/revoke", {"reason": "lawful_order"}, calling.signer)
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:zona:problem:unknown_letter")


# -- overrides


async def test_an_override_needs_two_people(calling: Calling) -> None:
    request = await calling.inside.paid()
    supervisor, head = calling.person("supervisor-eka", "supervisor"), calling.person("head-dewi", "head")
    body = {"official": "evaluator-ani", "reason": "no_other_official"}
    await decided(calling, request, "ask-override", body, supervisor)
    where = f"/applications/{request.ticket}"
    filed = await calling.post(f"{where}/approve-override", None, supervisor)
    assert (filed.status_code, filed.json()["type"]) == (409, "urn:zona:problem:four_eyes")
    await decided(calling, request, "approve-override", None, head)
    body = {"official": "evaluator-eko", "reason": "emergency"}
    await decided(calling, request, "ask-override", body, supervisor)
    await decided(calling, request, "refuse-override", None, head)


# -- accounts


async def test_an_officer_sees_what_an_account_lacks_and_refuses_it(calling: Calling) -> None:
    request = await calling.inside.requested()
    await calling.tell(request, "account", ACCOUNT)
    officer = calling.person("officer-ira", "officer")
    [listed] = await done(await calling.get("/accounts", officer))
    assert (listed["reference"], listed["check"]) == (request.ticket, "waiting")
    answer = await done(await calling.get(f"/accounts/{request.ticket}", officer))
    assert answer["account"]["hs_codes"] == ["21039012"]
    assert {each["reason"] for each in answer["findings"]} == {"document_missing"}
    where = f"/accounts/{request.ticket}"
    early = await calling.post(f"{where}/verify", {"revision": 1}, officer)
    assert (early.status_code, early.json()["type"]) == (409, "urn:zona:problem:account_incomplete")
    reasons = {"revision": 1, "reasons": [{"reason": "document_missing", "where": "documents.identity_card"}]}
    refused = await done(await calling.post(f"{where}/refuse", reasons, officer))
    assert refused["check"] == "refused"


async def test_an_account_that_is_not_there_is_not_found(calling: Calling) -> None:
    officer = calling.person("officer-ira", "officer")
    request = await calling.inside.requested()
    assert (await calling.get(f"/accounts/{request.ticket}", officer)).status_code == 404
    assert (await calling.get("/accounts/nonsense", officer)).status_code == 404


# -- appointments


async def test_the_head_appoints_an_acting_signer_who_signs_until_it_ends(calling: Calling) -> None:
    request, now = await calling.inside.passed(), calling.inside.clock.now()
    head, acting = calling.person("head-dewi", "head"), calling.person("officer-ira", "officer")
    revision = {"revision": (await calling.inside.state(request)).revision}
    early = await calling.post(f"/applications/{request.ticket}/sign", revision, acting)
    assert early.json()["type"] == "urn:zona:problem:not_a_signer"
    body = {"official": "officer-ira", "begins": now.isoformat(), "ends": now.replace(day=28).isoformat()}
    made = await calling.post("/appointments", body, head)
    assert made.status_code == 201, made.text
    signed = await decided(calling, request, "sign", revision, acting)
    assert signed["state"] == "issued_unsealed"
    where = f"/appointments/{made.json()['appointment']}/end"
    assert (await done(await calling.post(where, None, head)))["event_id"]
    assert (await done(await calling.post(where, None, head)))["event_id"] is None
    [answer] = await done(await calling.get("/appointments", acting))
    assert (answer["official"], answer["ended"] is None) == ("officer-ira", False)


async def test_an_appointment_is_made_once_under_a_key(calling: Calling) -> None:
    now, head = calling.inside.clock.now(), calling.person("head-dewi", "head") | key()
    await calling.inside.known("officer-ira", "officer")
    body = {"official": "officer-ira", "begins": now.isoformat(), "ends": now.replace(day=28).isoformat()}
    first, second = [await done(await calling.post("/appointments", body, head)) for _ in range(2)]
    assert first["appointment"] == second["appointment"]
    assert second["event_id"] is None


async def test_nobody_is_appointed_who_is_unknown_or_for_too_long(calling: Calling) -> None:
    now, head = calling.inside.clock.now(), calling.person("head-dewi", "head")
    body = {"official": "somebody", "begins": now.isoformat(), "ends": now.replace(day=28).isoformat()}
    unknown = await calling.post("/appointments", body, head)
    assert (unknown.status_code, unknown.json()["type"]) == (409, "urn:zona:problem:unknown_official")
    await calling.inside.known("somebody", "auditor", "signer")
    assert (await calling.post("/appointments", body, head)).json()["type"] == unknown.json()["type"]
    await calling.inside.known("somebody", "supervisor")
    late = await calling.post("/appointments", body | {"ends": now.replace(year=2027).isoformat()}, head)
    assert late.json()["type"] == "urn:zona:problem:too_long_appointment"
    assert (await calling.post("/appointments", body, head)).status_code == 201


async def test_an_appointment_without_a_zone_is_refused(calling: Calling) -> None:
    head = calling.person("head-dewi", "head")
    body = {"official": "officer-ira", "begins": "2026-12-07T09:00:00", "ends": "tomorrow"}
    refused = await calling.post("/appointments", body, head)
    assert [each["field"] for each in refused.json()["errors"]] == ["begins", "ends"]


# -- who may


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/queue/take", {"evaluator"}),
        ("/applications/{ticket}/release", {"evaluator", "supervisor", "head"}),
        ("/applications/{ticket}/ask-data", {"evaluator"}),
        ("/applications/{ticket}/pass", {"evaluator"}),
        ("/applications/{ticket}/reject", {"evaluator"}),
        ("/applications/{ticket}/ask-override", {"supervisor", "head"}),
        ("/applications/{ticket}/approve-override", {"supervisor", "head"}),
        ("/applications/{ticket}/refuse-override", {"supervisor", "head"}),
        ("/accounts/{ticket}/verify", {"officer", "evaluator", "supervisor"}),
        ("/accounts/{ticket}/refuse", {"officer", "evaluator", "supervisor"}),
        ("/appointments", {"head"}),
    ],
)
async def test_a_command_is_open_to_its_roles_alone(calling: Calling, path: str, roles: set[str]) -> None:
    request = await calling.inside.requested()
    where = path.format(ticket=request.ticket)
    assert (await calling.post(where, {})).status_code == 401
    assert (await calling.post(where, {}, calling.owner_headers(request))).status_code == 401
    for role in ("evaluator", "signer", "head", "supervisor", "officer", "auditor", "applicant"):
        bodies = (None if path.endswith(("take", "override")) and "ask" not in path else {},)
        answer = await calling.post(where, *bodies, calling.person(f"some-{role}", role))
        assert (answer.status_code == 403) is (role not in roles), (role, answer.text)


async def test_whoever_is_not_appointed_and_no_signer_signs_nothing(calling: Calling) -> None:
    request = await calling.inside.passed()
    body = {"revision": (await calling.inside.state(request)).revision}
    where = f"/applications/{request.ticket}/sign"
    assert (await calling.post(where, body, calling.person("auditor-1", "auditor"))).status_code == 403
    officer = await calling.post(where, body, calling.person("officer-ira", "officer"))
    assert (officer.status_code, officer.json()["type"]) == (409, "urn:zona:problem:not_a_signer")
    assert calling.inside.vault.texts(request.ticket, "letter.content") == []


async def test_whoever_evaluated_does_not_sign(calling: Calling) -> None:
    request = await calling.inside.passed()
    body = {"revision": (await calling.inside.state(request)).revision}
    both = calling.person("evaluator-ani", "evaluator", "signer")
    refused = await calling.post(f"/applications/{request.ticket}/sign", body, both)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:zona:problem:same_person")
