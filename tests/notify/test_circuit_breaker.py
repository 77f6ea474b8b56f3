"""The rest of a provider: after faults in a row, then one attempt at a time, and as long as it asked for."""

from datetime import UTC, datetime, timedelta

from zi_notify.channels.channel import Attempted, ChannelProviders, Turn
from zi_notify.channels.circuit_breaker import CircuitBreaker
from zi_notify.domain.delivery import MailDelivery
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_rules.message_channels import BreakerRules, ChannelRules

NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = BreakerRules(faults=3, rest_seconds=60)


def failed(breaker: CircuitBreaker, now: datetime = NOON) -> None:
    breaker.fail(breaker.begin(now), now)


def tripped() -> CircuitBreaker:
    breaker = CircuitBreaker(RULES)
    for _ in range(3):
        assert breaker.state(NOON) == "closed"
        failed(breaker)
    return breaker


def test_it_rests_after_faults_in_a_row_and_not_after_some() -> None:
    breaker = CircuitBreaker(RULES)
    for _ in range(5):
        failed(breaker)
        failed(breaker)
        breaker.succeed(breaker.begin(NOON))
    assert breaker.is_free(NOON)
    assert tripped().state(NOON) == "open"
    assert not tripped().is_free(NOON)


def test_after_the_rest_one_attempt_shows_whether_it_is_back() -> None:
    breaker = tripped()
    assert breaker.state(NOON + MINUTE) == "half_open"
    assert breaker.is_free(NOON + MINUTE)
    probe = breaker.begin(NOON + MINUTE)
    assert not breaker.is_free(NOON + MINUTE)
    breaker.fail(probe, NOON + MINUTE)
    assert breaker.state(NOON + MINUTE) == "open"
    breaker.succeed(breaker.begin(NOON + 2 * MINUTE))
    assert breaker.state(NOON + 2 * MINUTE) == "closed"
    failed(breaker, NOON + 2 * MINUTE)
    assert breaker.state(NOON + 2 * MINUTE) == "closed"


def test_an_attempt_that_did_not_begin_gives_its_turn_back() -> None:
    breaker = tripped()
    breaker.release(breaker.begin(NOON + MINUTE))
    assert breaker.is_free(NOON + MINUTE)


def test_an_attempt_from_before_the_rest_settles_nothing() -> None:
    breaker = CircuitBreaker(RULES)
    older = [breaker.begin(NOON) for _ in range(16)]
    for attempt in older[:3]:
        breaker.fail(attempt, NOON)
    breaker.succeed(older[3])
    assert breaker.state(NOON) == "open"
    probe = breaker.begin(NOON + MINUTE)
    breaker.release(older[4])
    breaker.fail(older[5], NOON + MINUTE)
    breaker.succeed(older[6])
    assert breaker.state(NOON + MINUTE) == "half_open"
    assert not breaker.is_free(NOON + MINUTE)
    breaker.succeed(probe)
    assert breaker.is_free(NOON + MINUTE)


def test_a_probe_holds_its_turn_while_another_answer_asks_for_a_rest() -> None:
    breaker = CircuitBreaker(RULES)
    older = breaker.begin(NOON)
    for _ in range(3):
        failed(breaker)
    probe = breaker.begin(NOON + MINUTE)
    breaker.rest(older, NOON + MINUTE, MINUTE)
    assert not breaker.is_free(NOON + 3 * MINUTE)
    breaker.fail(probe, NOON + 3 * MINUTE)
    assert breaker.state(NOON + 3 * MINUTE) == "open"


def test_a_later_answer_does_not_shorten_the_rest_that_was_asked_for() -> None:
    """Attempts that were under way together are answered one after the other, each with a wait of its own, or none."""
    breaker = CircuitBreaker(RULES)
    first, second = breaker.begin(NOON), breaker.begin(NOON)
    breaker.rest(first, NOON, 10 * MINUTE)
    breaker.rest(second, NOON, timedelta())
    assert breaker.state(NOON + 9 * MINUTE) == "open"
    assert breaker.state(NOON + 10 * MINUTE) == "half_open"


def test_a_busy_one_rests_as_long_as_it_asked_but_is_looked_at_each_hour() -> None:
    for wanted, rest in ((5 * MINUTE, 5 * MINUTE), (timedelta(), MINUTE), (24 * HOUR, HOUR)):
        breaker = CircuitBreaker(RULES)
        breaker.rest(breaker.begin(NOON), NOON, wanted)
        assert breaker.rests_until == NOON + rest


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
    turn = providers.take(state, NOON)
    return turn and turn.provider.name


def busy(providers: ChannelProviders[str], name: str, rest: timedelta) -> None:
    """The provider of this name asks for a rest."""
    turn = Turn(Nobody(name), 0)
    providers.end(turn, Attempted("temporary", rest), NOON)


def test_the_first_is_used_as_long_as_it_works() -> None:
    providers = two()
    assert taken(providers, MailDelivery()) == "first"
    busy(providers, "first", 5 * MINUTE)
    assert taken(providers, MailDelivery()) == "second"
    assert providers.states(NOON) == {"first": "open", "second": "closed"}
    assert providers.next_free(NOON) == NOON + 5 * MINUTE
    busy(providers, "second", MINUTE)
    assert taken(providers, MailDelivery()) is None
    assert providers.next_free(NOON) == NOON + MINUTE


def test_who_just_refused_it_is_not_asked_first() -> None:
    refused = MailDelivery(status=DeliveryStatus.DEFERRED, provider="first")
    assert taken(two(), refused) == "second"
    alone = two()
    busy(alone, "second", MINUTE)
    assert taken(alone, refused) == "first"


def test_who_may_have_it_is_asked_alone() -> None:
    doubted = MailDelivery(status=DeliveryStatus.UNCERTAIN, provider="second", is_doubted=True)
    providers = two()
    assert taken(providers, doubted) == "second"
    busy(providers, "second", MINUTE)
    assert taken(providers, doubted) is None


def test_it_goes_down_the_list_at_once_and_up_again_after_a_wait() -> None:
    assert two().has_another("first", NOON)
    assert not two().has_another("second", NOON)


def test_who_is_described_no_more_repeats_nothing() -> None:
    assert two().repeats_once("first")
    assert not two().repeats_once("gone")
