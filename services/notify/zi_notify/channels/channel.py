"""Providers of a channel: a message is handed to one of them, and the attempt has one honest outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from zi_notify.channels.circuit_breaker import BreakerState, CircuitBreaker
from zi_notify.domain.delivery import Channel, MailDelivery, NotTaken
from zi_notify.domain.delivery_status import DeliveryStatus
from zi_rules.message_channels import ChannelRules

Outcome: TypeAlias = Literal["handed_over"] | NotTaken
AT_ONCE = 16  # attempts under way on a channel, unless its rules say how many
FAULTS: tuple[Outcome, ...] = ("technical", "uncertain")
MessageT = TypeVar("MessageT")
MessageT_contra = TypeVar("MessageT_contra", contravariant=True)


@dataclass(frozen=True)
class Attempted:
    """`rest` is the time for which the provider asked not to be called, `wait` that for which it asked not to be given this message. With
    `is_alone` a fault says nothing of other messages."""

    outcome: Outcome
    rest: timedelta | None = None
    wait: timedelta | None = None
    is_alone: bool = False


class MessageProvider(Protocol[MessageT_contra]):
    """`name` is None for the only provider of a channel. `repeats_once`: a message that is sent twice under one id arrives as one."""

    @property
    def name(self) -> str | None: ...

    @property
    def repeats_once(self) -> bool: ...

    async def hand_over(self, message: MessageT_contra) -> Attempted:
        """Never raises for what the provider does."""
        ...


@dataclass(frozen=True)
class Turn(Generic[MessageT]):
    """The right to make one attempt by the provider; `number` is that of its breaker."""

    provider: MessageProvider[MessageT]
    number: int


class ChannelProviders(Generic[MessageT]):
    """The providers of one channel in the order of preference, each with its breaker."""

    def __init__(
        self,
        channel: Channel,
        rules: ChannelRules,
        providers: Sequence[MessageProvider[MessageT]],
        at_once: int = AT_ONCE,
    ) -> None:
        self.channel, self.rules, self.at_once = channel, rules, at_once
        self._providers = {provider.name: provider for provider in providers}
        self._breakers = {name: CircuitBreaker(rules.breaker) for name in self._providers}

    @property
    def names(self) -> tuple[str | None, ...]:
        return tuple(self._providers)

    def free(self, now: datetime) -> list[str | None]:
        """Name the providers by which an attempt may begin, the preferred one first."""
        return [name for name, breaker in self._breakers.items() if breaker.is_free(now)]

    def states(self, now: datetime) -> dict[str | None, BreakerState]:
        return {name: breaker.state(now) for name, breaker in self._breakers.items()}

    def next_free(self, now: datetime) -> datetime | None:
        """Return the earliest end of a rest."""
        ends = (breaker.rests_until for breaker in self._breakers.values())
        return min((end for end in ends if end is not None and end > now), default=None)

    def take(self, state: MailDelivery, now: datetime) -> Turn[MessageT] | None:
        """Choose who makes the next attempt, if anybody is free: the only one that may have the message, or rather one that did not just
        refuse it."""
        free = [name for name in self.free(now) if state.may_be_sent_by(name)]
        if others := [name for name in free if name != state.provider]:
            free = others if state.status is DeliveryStatus.DEFERRED else free
        if not free:
            return None
        return Turn(self._providers[free[0]], self._breakers[free[0]].begin(now))

    def has_another(self, name: str | None, now: datetime) -> bool:
        """Tell if a provider that comes after this one is free."""
        names = list(self._providers)
        return any(names.index(other) > names.index(name) for other in self.free(now))

    def release(self, turn: Turn[MessageT]) -> None:
        self._breakers[turn.provider.name].release(turn.number)

    def end(self, turn: Turn[MessageT], attempted: Attempted, now: datetime) -> None:
        breaker = self._breakers[turn.provider.name]
        if attempted.rest is not None:
            breaker.rest(turn.number, now, attempted.rest)
        elif attempted.outcome not in FAULTS:
            breaker.succeed(turn.number)
        elif attempted.is_alone:
            breaker.release(turn.number)
        else:
            breaker.fail(turn.number, now)

    def repeats_once(self, name: str | None) -> bool:
        """False also for a provider that is described no more."""
        provider = self._providers.get(name)
        return provider is not None and provider.repeats_once
