"""The exchange that connects an account with other systems: keys, the webhook, and imports under the sender's own references."""

from uuid import UUID

import pytest
from tests.certificates.officials import DAY, HOUR, MONDAY, named, signer, system

from zi_certificates.domain import exchange, imported
from zi_certificates.domain.account import NotTheHolderError, PersonInCharge
from zi_certificates.domain.exchange import (
    FORMER_SECRET,
    MOST_KEYS,
    CompanyExchange,
    EndWebhook,
    ExchangeCommands,
    IssueImportKey,
    NoSuchImportKeyError,
    NoWebhookError,
    RevokeImportKey,
    RotateSecret,
    Subscribe,
    TooManyImportKeysError,
)
from zi_certificates.domain.imported import (
    AnnouncedDocument,
    ImportApplication,
    Imported,
    ImportedBeforeError,
    ImportedOtherwiseError,
)
from zi_chassis.domain import Act, WrongRoleError

CITIZEN = Act(at=MONDAY, actor="applicant-dewi", role="applicant")
CHARGE = PersonInCharge(data_subject=named("data subject"), holder=CITIZEN)
ACCOUNT, TICKET = named("account"), "ABCD2345X"
KEY = named("key")
ISSUE = IssueImportKey(by=CITIZEN, account=ACCOUNT, ticket=TICKET, charge=CHARGE, key=KEY)
REVOKE = RevokeImportKey(by=CITIZEN, account=ACCOUNT, ticket=TICKET, charge=CHARGE, key=KEY)
SUBSCRIBE = Subscribe(by=CITIZEN, account=ACCOUNT, ticket=TICKET, charge=CHARGE, address="a" * 64)
ROTATE = RotateSecret(by=CITIZEN, account=ACCOUNT, ticket=TICKET, charge=CHARGE, request=named("rotate"))
END = EndWebhook(by=CITIZEN, account=ACCOUNT, ticket=TICKET, charge=CHARGE, reason="company")
GONE = END.model_copy(update={"by": system(MONDAY), "reason": "gone"})
IMPORT = ImportApplication(
    by=CITIZEN,
    key=KEY,
    reference="INSW-1",
    content="c" * 64,
    ticket=TICKET,
    application=named("application"),
    item_count=2,
    charge=CHARGE,
    documents=(AnnouncedDocument(kind="invoice", digest="d" * 64),),
)


def after(*commands: ExchangeCommands) -> CompanyExchange:
    state = exchange.initial
    for command in commands:
        for event in exchange.decide(command, state):
            state = exchange.evolve(state, event)
    return state


def other(number: int) -> UUID:
    return named(f"key {number}")


def test_a_key_is_in_use_until_it_is_revoked_and_never_again() -> None:
    assert set(after(ISSUE).keys) == {KEY}
    revoked = after(ISSUE, REVOKE)
    assert (set(revoked.keys), revoked.ended_keys) == (set(), {KEY})
    assert exchange.decide(REVOKE, revoked) == exchange.decide(ISSUE, revoked) == []
    assert exchange.decide(ISSUE, after(ISSUE)) == []
    with pytest.raises(NoSuchImportKeyError):
        exchange.decide(REVOKE, after())


def test_a_company_has_no_more_keys_than_it_can_oversee() -> None:
    many = [ISSUE.model_copy(update={"key": other(n)}) for n in range(MOST_KEYS)]
    with pytest.raises(TooManyImportKeysError):
        exchange.decide(ISSUE, after(*many))
    ended = REVOKE.model_copy(update={"key": other(0)})
    assert len(exchange.decide(ISSUE, after(*many, ended))) == 1


def test_another_address_has_another_secret_and_the_same_one_keeps_it() -> None:
    first = after(SUBSCRIBE)
    assert first.webhook is not None
    assert first.webhook.generations(MONDAY) == (1,)
    assert exchange.decide(SUBSCRIBE, first) == []
    moved = after(SUBSCRIBE, SUBSCRIBE.model_copy(update={"address": "b" * 64}))
    assert moved.webhook is not None
    assert moved.webhook.generations(MONDAY) == (2,)


def test_the_former_secret_signs_for_a_day_after_it_was_renewed() -> None:
    renewed = after(SUBSCRIBE, ROTATE)
    assert renewed.webhook is not None
    assert renewed.webhook.generations(MONDAY + HOUR) == (2, 1)
    assert renewed.webhook.generations(MONDAY + FORMER_SECRET) == (2,)
    assert exchange.decide(ROTATE, renewed) == []  # the same form again
    with pytest.raises(NoWebhookError):
        exchange.decide(ROTATE, after())


def test_a_webhook_that_ended_has_another_secret_when_it_begins_again() -> None:
    for end in (END, GONE):
        ended = after(SUBSCRIBE, end)
        assert ended.webhook is None
        assert exchange.decide(end, ended) == []
    again = after(SUBSCRIBE, END, SUBSCRIBE)
    assert again.webhook is not None
    assert again.webhook.generations(MONDAY + DAY) == (2,)


def test_only_citizens_give_these_commands() -> None:
    for command in (ISSUE, REVOKE, SUBSCRIBE, ROTATE, END):
        with pytest.raises(WrongRoleError):
            exchange.decide(command.model_copy(update={"by": signer()}), after(SUBSCRIBE))
    with pytest.raises(WrongRoleError):
        imported.decide(IMPORT.model_copy(update={"by": system()}), imported.initial)


def test_nobody_but_the_person_in_charge_gives_them() -> None:
    for by in (
        CITIZEN.model_copy(update={"actor": "somebody"}),
        CITIZEN.model_copy(update={"actor": "somebody", "role": "public"}),
    ):
        for command in (ISSUE, SUBSCRIBE, END):
            with pytest.raises(NotTheHolderError):
                exchange.decide(command.model_copy(update={"by": by}), after(SUBSCRIBE))
    by_code = CITIZEN.model_copy(update={"actor": str(CHARGE.data_subject), "role": "public"})
    assert exchange.decide(ISSUE.model_copy(update={"by": by_code}), after())


def test_a_reference_is_used_for_one_content() -> None:
    [event] = imported.decide(IMPORT, imported.initial)
    state: Imported = imported.evolve(imported.initial, event)
    assert imported.decide(IMPORT, state) == []
    with pytest.raises(ImportedOtherwiseError, match="INSW-1"):
        imported.decide(IMPORT.model_copy(update={"content": "e" * 64}), state)


def test_a_second_reference_is_told_the_first() -> None:
    assert "INSW-1" in str(ImportedBeforeError(TICKET, "INSW-1"))
