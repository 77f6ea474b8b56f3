"""Show operators which providers work, and which rest after faults."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from prometheus_client import Gauge

from zi_chassis.clock import Clock
from zi_chassis.webhooks.queue import WebhookLoop
from zi_notify.channels.circuit_breaker import BreakerState
from zi_notify.sending.sender import Sender
from zi_notify.sending.sending_lane import SendingLane

STATES: dict[BreakerState, int] = {"closed": 0, "half_open": 1, "open": 2}
PROVIDER = Gauge(
    "zi_notify_provider_state",
    "State of a provider's circuit breaker: 0 it works, 1 one attempt shows whether it is back, 2 it rests after faults",
    ["channel", "provider"],
)


def measure(sender: Sender, clock: Clock) -> None:
    for channel, lane in sender.lanes.items():
        for name in lane.providers.names:
            PROVIDER.labels(channel, name or channel).set_function(partial(_state, lane, name, clock))


def measure_webhooks(loop: WebhookLoop, endpoints: Iterable[str]) -> None:
    for name in endpoints:
        PROVIDER.labels("webhook", name).set_function(partial(_webhook_state, loop, name))


def _webhook_state(loop: WebhookLoop, endpoint: str) -> int:
    return STATES["open" if endpoint in loop.failing else "closed"]


def _state(lane: SendingLane[Any], provider: str | None, clock: Clock) -> int:
    return STATES[lane.providers.states(clock.now())[provider]]
