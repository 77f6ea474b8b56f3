"""The rest of a provider: after faults in a row, then one attempt at a time, and as long as it asked for."""

from datetime import UTC, datetime, timedelta

from zi_notify.channel import Attempted, ChannelProviders
from zi_notify.circuit_breaker import CircuitBreaker
from zi_notify.domain.delivery import MailDelivery
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_rules.message_channels import BreakerRules, ChannelRules

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = BreakerRules(faults=3, rest_seconds=60)


def tripped() -> CircuitBreaker:
    breaker = CircuitBreaker(RULES)
    for _ in range(3):
        assert breaker.state(NOON) == "closed"
        breaker.fail(NOON)
    return breaker


def test_it_rests_after_faults_in_a_row_and_not_after_some() -> None:
    breaker = CircuitBreaker(RULES)
    for _ in range(5):
        breaker.fail(NOON)
        breaker.fail(NOON)
        breaker.succeed()
    assert breaker.is_free(NOON)
    assert tripped().state(NOON) == "open"
    assert not tripped().is_free(NOON)


def test_after_the_rest_one_attempt_shows_whether_it_is_back() -> None:
    breaker = tripped()
    assert breaker.state(NOON + MINUTE) == "half_open"
    assert breaker.is_free(NOON + MINUTE)
    breaker.begin(NOON + MINUTE)
    assert not breaker.is_free(NOON + MINUTE)
    breaker.fail(NOON + MINUTE)
    assert breaker.state(NOON + MINUTE) == "open"
    breaker.begin(NOON + 2 * MINUTE)
    breaker.succeed()
    assert breaker.state(NOON + 2 * MINUTE) == "closed"


def test_an_attempt_that_did_not_begin_gives_its_turn_back() -> None:
    breaker = tripped()
    breaker.begin(NOON + MINUTE)
    breaker.release()
    assert breaker.is_free(NOON + MINUTE)


def test_a_busy_one_rests_as_long_as_it_asked_but_is_looked_at_each_hour() -> None:
    breaker = CircuitBreaker(RULES)
    breaker.rest(NOON, timedelta(minutes=5))
    assert breaker.rests_until == NOON + timedelta(minutes=5)
    breaker.rest(NOON, timedelta())
    assert breaker.rests_until == NOON + MINUTE
    breaker.rest(NOON, timedelta(days=1))
    assert breaker.rests_until == NOON + timedelta(hours=1)


class Nobody:
    repeats_once = True

    def __init__(self, name: str) -> None:
        self.name = name

    async def hand_over(self, message: str) -> Attempted:
        raise AssertionError


def two() -> ChannelProviders[str]:
    rules = ChannelRules(retry_minutes=(1,), breaker=RULES)
    return ChannelProviders("sms", rules, [Nobody("first"), Nobody("second")])


def taken(providers: ChannelProviders[str], state: MailDelivery) -> str | None:
    provider = providers.take(state, NOON)
    return provider and provider.name


def test_the_first_is_used_as_long_as_it_works() -> None:
    providers = two()
    assert taken(providers, MailDelivery()) == "first"
    providers.end("first", Attempted("temporary", 5 * MINUTE), NOON)
    assert taken(providers, MailDelivery()) == "second"
    assert providers.states(NOON) == {"first": "open", "second": "closed"}
    assert providers.next_free(NOON) == NOON + 5 * MINUTE
    providers.end("second", Attempted("temporary", MINUTE), NOON)
    assert taken(providers, MailDelivery()) is None
    assert providers.next_free(NOON) == NOON + MINUTE


def test_who_just_refused_it_is_not_asked_first() -> None:
    refused = MailDelivery(status=DeliveryStatus.DEFERRED, provider="first")
    assert taken(two(), refused) == "second"
    alone = two()
    alone.end("second", Attempted("temporary", MINUTE), NOON)
    assert taken(alone, refused) == "first"


def test_who_may_have_it_is_asked_alone() -> None:
    doubted = MailDelivery(status=DeliveryStatus.UNCERTAIN, provider="second", is_doubted=True)
    providers = two()
    assert taken(providers, doubted) == "second"
    providers.end("second", Attempted("temporary", MINUTE), NOON)
    assert taken(providers, doubted) is None


def test_it_goes_down_the_list_at_once_and_up_again_after_a_wait() -> None:
    assert two().has_another("first", NOON)
    assert not two().has_another("second", NOON)


def test_who_is_described_no_more_repeats_nothing() -> None:
    assert two().repeats_once("first")
    assert not two().repeats_once("gone")
