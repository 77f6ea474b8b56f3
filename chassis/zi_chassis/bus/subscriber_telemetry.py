"""FastStream's Prometheus and OpenTelemetry middlewares, with the sender's stream as the destination of a batch.

FastStream names the subject of the first message, which ends in the id of a case: a label per case, and a case in a metric.
"""

from typing import Any

from faststream.message import StreamMessage
from faststream.nats.opentelemetry.provider import NatsBatchTelemetrySettingsProvider
from faststream.nats.prometheus.provider import BatchNatsMetricsSettingsProvider
from faststream.opentelemetry.middleware import TelemetryMiddleware
from faststream.prometheus import ConsumeAttrs
from faststream.prometheus.middleware import PrometheusMiddleware
from nats.aio.msg import Msg
from opentelemetry.semconv.trace import SpanAttributes
from prometheus_client import REGISTRY

from zi_chassis.bus.topology import subjects_of

Batch = StreamMessage[list[Msg]]


class LaneMetrics(BatchNatsMetricsSettingsProvider):
    def get_consume_attrs_from_message(self, msg: Batch) -> ConsumeAttrs:
        return {
            "destination_name": _destination(msg),
            "message_size": sum(len(message.data) for message in msg.raw_message),
            "messages_count": len(msg.raw_message),
        }


class LaneTelemetry(NatsBatchTelemetrySettingsProvider):
    def get_consume_attrs_from_message(self, msg: Batch) -> dict[str, Any]:
        return {
            SpanAttributes.MESSAGING_SYSTEM: self.messaging_system,
            SpanAttributes.MESSAGING_BATCH_MESSAGE_COUNT: len(msg.raw_message),
            SpanAttributes.MESSAGING_DESTINATION_NAME: _destination(msg),
        }

    def get_consume_destination_name(self, msg: Batch) -> str:
        return _destination(msg)


def middlewares(service: str) -> tuple[Any, ...]:
    """Return the middlewares of a service's subscribers; without an OpenTelemetry SDK in the process the second one does nothing."""
    return (
        PrometheusMiddleware(
            settings_provider_factory=lambda batch: LaneMetrics(), registry=REGISTRY, app_name=service
        ),
        TelemetryMiddleware(settings_provider_factory=lambda batch: LaneTelemetry()),
    )


def _destination(batch: Batch) -> str:
    return subjects_of(batch.raw_message[0].subject.split(".")[1])
