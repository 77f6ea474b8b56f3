"""Who is let at an application, and in which role."""

import time
from pathlib import Path

import pytest
from starlette.requests import Request as WebRequest
from tests.certificates.inside import Inside, ticket_of
from tests.web.provider import ISSUER, Provider

from zi_certificates.roles import (
    EVALUATING,
    RELEASING,
    SIGNING,
)
from zi_certificates.use_cases.access import (
    ApplicantAccess,
    NoSuchApplicationError,
)
from zi_chassis.access.case_token import CaseTokenError, CaseTokens
from zi_chassis.access.identity import Staff
from zi_chassis.settings import Settings
from zi_chassis.web.problem import ForbiddenError


def intake_settings(directory: Path) -> Settings:
    return Settings(service="intake", data=directory, issuer=ISSUER)


@pytest.fixture
def tokens(tmp_path: Path) -> CaseTokens:
    return CaseTokens(intake_settings(tmp_path))


def issued_before(minutes: int, directory: Path, ticket: str) -> str:
    """Return a case token that intake gave this long ago."""
    return CaseTokens(intake_settings(directory), lambda: time.time() - 60 * minutes).issue(ticket)


@pytest.fixture
def provider(inside: Inside) -> Provider:
    provider = Provider()
    provider.serve(inside.service)
    return provider


def web_request(inside: Inside, bearer: str | None = None) -> WebRequest:
    headers = [] if bearer is None else [(b"authorization", f"Bearer {bearer}".encode())]
    return WebRequest({"type": "http", "headers": headers, "app": inside.service.app})


def access_of(inside: Inside, tokens: CaseTokens) -> ApplicantAccess:
    return ApplicantAccess(tokens, inside.office.store, inside.clock)


async def test_the_token_of_the_case_lets_in(inside: Inside, tokens: CaseTokens) -> None:
    requested = await inside.requested()
    web = web_request(inside, tokens.issue(requested.ticket))
    request, by = await access_of(inside, tokens).applicant(web, requested.ticket.lower())
    assert request == requested
    assert (by.actor, by.role) == (str(requested.data_subject), "public")


async def test_the_token_of_a_code_that_was_replaced_lets_in_until_it_ends(
    inside: Inside, tokens: CaseTokens, provider: Provider, tmp_path: Path
) -> None:
    """Only intake knows the code that holds now, so the time of a token is the limit here: 30 minutes."""
    requested = await inside.requested()
    access = access_of(inside, tokens)
    for minutes in (0, 29):
        await access.applicant(
            web_request(inside, issued_before(minutes, tmp_path, requested.ticket)), requested.ticket
        )
    with pytest.raises(CaseTokenError):
        await access.applicant(
            web_request(inside, issued_before(31, tmp_path, requested.ticket)), requested.ticket
        )


async def test_the_token_of_another_case_does_not(
    inside: Inside, tokens: CaseTokens, provider: Provider
) -> None:
    requested, other = await inside.requested("one"), await inside.requested("two")
    with pytest.raises(CaseTokenError):
        await access_of(inside, tokens).applicant(
            web_request(inside, tokens.issue(other.ticket)), requested.ticket
        )
    with pytest.raises(CaseTokenError):
        await access_of(inside, tokens).applicant(web_request(inside), requested.ticket)


async def test_whoever_filed_it_signed_in_is_let_in_and_nobody_else(
    inside: Inside, tokens: CaseTokens, provider: Provider
) -> None:
    requested = await inside.requested(actor="tono", role="applicant")
    access = access_of(inside, tokens)
    _, by = await access.applicant(web_request(inside, provider.token("tono", "applicant")), requested.ticket)
    assert (by.actor, by.role) == ("tono", "applicant")
    with pytest.raises(NoSuchApplicationError):
        await access.applicant(web_request(inside, provider.token("siti", "applicant")), requested.ticket)
    with pytest.raises(CaseTokenError):
        await access.applicant(web_request(inside, provider.token("tono", "officer")), requested.ticket)


async def test_whose_sub_is_only_like_a_data_subject_is_not_let_in(
    inside: Inside, tokens: CaseTokens, provider: Provider
) -> None:
    """Who filed with the code was nobody's account."""
    requested = await inside.requested()
    same = provider.token(str(requested.data_subject), "applicant")
    with pytest.raises(NoSuchApplicationError):
        await access_of(inside, tokens).applicant(web_request(inside, same), requested.ticket)


async def test_a_request_that_was_not_heard_of_yet_is_said_to_be_on_its_way(
    inside: Inside, tokens: CaseTokens
) -> None:
    ticket = ticket_of("later")
    with pytest.raises(NoSuchApplicationError, match="try again in a moment"):
        await access_of(inside, tokens).applicant(web_request(inside, tokens.issue(ticket)), ticket)
    with pytest.raises(NoSuchApplicationError):
        await access_of(inside, tokens).request("nonsense")


def person(*roles: str) -> Staff:
    return Staff(sub="ani", name=None, roles=frozenset(roles), token="", expires=0)


def test_an_official_acts_in_the_role_that_the_act_needs(inside: Inside) -> None:
    access = inside.office.access
    assert access.official(person("supervisor", "evaluator"), EVALUATING).role == "staff:evaluator"
    assert access.official(person("supervisor", "evaluator"), RELEASING).role == "staff:evaluator"
    assert access.official(person("officer", "signer"), SIGNING).role == "staff:signer"
    assert access.official(person("officer"), SIGNING).role == "staff:officer"
    with pytest.raises(ForbiddenError):
        access.official(person("auditor"), EVALUATING)
    with pytest.raises(ForbiddenError):
        access.official(person("applicant"), SIGNING)
