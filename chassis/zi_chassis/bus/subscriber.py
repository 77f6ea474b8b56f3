"""FastStream's subscriber of one lane: it delivers a sender's messages in batches, over the connection that the service has already.

Nothing is acknowledged here and nothing is parsed: the lane acknowledges after its commit, and reads only what the sender has proven.
"""

import asyncio
import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Annotated, Any, Union

import nats.errors
from faststream import AckPolicy
from faststream.message import StreamMessage as FastStreamMessage
from faststream.nats import JStream, NatsBroker, PullSub
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from pydantic import SkipValidation

from zi_chassis.bus import stream_reader
from zi_chassis.bus.broker import API_SECONDS, NATS_ERRORS, Broker
from zi_chassis.bus.stream_reader import LARGEST_BATCH, StreamMessage
from zi_chassis.bus.subscriber_telemetry import middlewares
from zi_chassis.bus.topology import api_prefix, stream_of, subjects_of
from zi_contracts.data import Data
from zi_contracts.envelope import message_model
from zi_contracts.message import Message

logger = logging.getLogger(__name__)

LIBRARY_LOGGER = logging.getLogger("faststream")  # tells of each batch and task otherwise
LIBRARY_LOGGER.setLevel(logging.WARNING)

ERROR_SECONDS = 0.25  # between two fetches that the server refused


class Batches:
    """nats-py's pull subscription as FastStream's batches need it.

    FastStream waits for its whole timeout to fill a batch that has begun; here a batch is what is there. It takes nats-py's
    `asyncio.TimeoutError` and a refusal for a fault, starts anew at once and remembers each ended task for ever; here they are
    an empty fetch.
    """

    def __init__(self, subscription: JetStreamContext.PullSubscription) -> None:
        self._subscription = subscription

    async def fetch(self, batch: int, timeout: float) -> list[Msg]:  # noqa: ASYNC109 - as FastStream calls it
        """Return up to `batch` messages. Raises nats.errors.TimeoutError when there are none."""
        if batch < LARGEST_BATCH:
            raise nats.errors.TimeoutError  # this batch has begun
        try:
            return await self._subscription.fetch(batch, timeout)
        except TimeoutError:
            raise nats.errors.TimeoutError from None
        except nats.errors.Error as error:
            logger.warning("subscriber: nothing is delivered (%s)", error.__class__.__name__)
            await asyncio.sleep(ERROR_SECONDS)
            raise nats.errors.TimeoutError from error

    async def unsubscribe(self) -> None:
        await self._subscription.unsubscribe()


class LaneJetStream(JetStreamContext):
    """The JetStream API of one sender, whose pull subscriptions are Batches."""

    async def pull_subscribe(self, *args: Any, **kwargs: Any) -> Any:
        return Batches(await super().pull_subscribe(*args, **kwargs))


class LaneBroker(NatsBroker):
    """FastStream over the service's connection, which it neither opens nor closes."""

    def __init__(self, broker: Broker, sender: str) -> None:
        super().__init__(
            ack_policy=AckPolicy.MANUAL,
            apply_types=False,
            graceful_timeout=None,
            logger=LIBRARY_LOGGER,
            log_level=logging.DEBUG,
            middlewares=middlewares(broker.service),
        )
        self._service_broker = broker
        self._prefix = api_prefix(sender)

    async def _connect(self) -> Client:
        client = await self._service_broker.client()
        self.config.connect(client)
        js = LaneJetStream(client, prefix=self._prefix, timeout=API_SECONDS)
        self.config.connection_state.connect(client, js)
        return client

    async def stop(
        self,
        exc_type: type[BaseException] | None = None,
        exc_val: BaseException | None = None,
        exc_tb: TracebackType | None = None,
    ) -> None:
        """Stop the subscribers; FastStream would drain the connection too, which others use."""
        self._connection = None
        await super().stop(exc_type, exc_val, exc_tb)


class Subscriber:
    """The provisioned durable consumer of a lane; `types` are the contracts that the service's policies handle.

    A batch is open until the next one is asked for. Meanwhile FastStream fetches nothing.
    """

    def __init__(self, broker: Broker, sender: str, durable: str, types: Sequence[type[Data]]) -> None:
        self.faststream = LaneBroker(broker, sender)
        self._batches = asyncio.Queue[list[StreamMessage]](1)
        self._is_open = self._is_stopping = False
        declare = self.faststream.subscriber(
            subjects_of(sender),
            durable=durable,
            stream=JStream(stream_of(sender), declare=False),
            pull_sub=PullSub(batch_size=LARGEST_BATCH, timeout=stream_reader.FETCH_SECONDS, batch=True),
            inbox_prefix=f"_INBOX.{broker.service}.".encode(),
            ack_policy=AckPolicy.MANUAL,
            decoder=_read_batch,
            title=f"{broker.service}.{sender}",
            description=f"Messages of {sender}, in order, as the lane of {broker.service} receives them.",
        )
        declare(self._handler(types))

    async def start(self, js: JetStreamContext) -> None:
        """Begin to fetch. Raises NATS_ERRORS."""
        self._batches, self._is_open, self._is_stopping = asyncio.Queue(1), False, False
        await self.faststream.start()

    async def next(self) -> list[StreamMessage]:
        """Return the next batch; the one before it is finished with. Raises TimeoutError when none arrived for a while."""
        if self._is_open:
            self._is_open = False
            self._batches.task_done()
        async with asyncio.timeout(stream_reader.FETCH_SECONDS):
            batch = await self._batches.get()
        self._is_open = True
        return batch

    async def stop(self) -> None:
        """Stop to fetch; what was delivered and not handled is read from the stream by the next start."""
        self._is_stopping = True
        await self._release()
        try:
            await self.faststream.stop()
        except* NATS_ERRORS as errors:
            logger.warning("subscriber: stopped while NATS is away (%s)", errors.exceptions)

    async def _release(self) -> None:
        """Let the handler return: FastStream logs an error for one that is cancelled."""
        if not self._batches.empty():
            self._batches.get_nowait()
            self._is_open = True
        if self._is_open:
            self._is_open = False
            self._batches.task_done()
        await asyncio.sleep(0)

    def _handler(self, types: Sequence[type[Data]]) -> Any:
        async def receive(messages: list[StreamMessage]) -> None:
            if self._is_stopping:
                return
            await self._batches.put(messages)
            await self._batches.join()

        # FastStream writes its AsyncAPI document from the annotation, and validates nothing by it (apply_types=False).
        receive.__annotations__["messages"] = list[_documented(types)]  # type: ignore[misc]
        return receive


def _documented(types: Sequence[type[Data]]) -> Any:
    models = tuple(message_model(model) for model in types) or (Message,)
    return Annotated[Union[models], SkipValidation]  # noqa: UP007 - of a tuple


async def _read_batch(batch: FastStreamMessage[list[Msg]]) -> list[StreamMessage]:
    return [StreamMessage.of(message) for message in batch.raw_message]
