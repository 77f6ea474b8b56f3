"""Steps of cases for other systems of the office, told by signed webhooks: codes alone, and of no case that is in confidence or about the service."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from zi_chassis.domain import Value
from zi_chassis.storage.database import Tx
from zi_chassis.storage.recorded import rfc3339
from zi_chassis.webhooks.call import WebhookEndpoint
from zi_chassis.webhooks.queue import enqueue, erase_messages
from zi_contracts.data import Data
from zi_contracts.intake import DataSubjectErased
from zi_contracts.message import Message
from zi_contracts.registry import MODELS
from zi_notify.domain.case_facts import CaseFacts
from zi_notify.read.work_table import STATUS
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.message_channels import MessageChannels

logger = logging.getLogger(__name__)


class WebhookStep(Value):
    """The data of a call: the case, and where it stands."""

    ticket: str
    service: str
    state: str
    holder: str
    due: datetime | None


@dataclass(frozen=True)
class NoticeWebhooks:
    """`names` are the endpoints that are told of a step."""

    names: Mapping[type[Data], tuple[str, ...]] = field(default_factory=dict)

    def note(self, tx: Tx, message: Message, step: Data, facts: CaseFacts | None, at: datetime) -> None:
        """Put the calls about a step into the queue, in the transaction that receives it. `facts` are those after it."""
        if isinstance(step, DataSubjectErased):
            erase_messages(tx, [], [message.subject])
        if facts is None or not facts.is_ordinary:
            return
        for name in self.names.get(type(step), ()):
            body = body_of(message, step)
            enqueue(tx, name, str(message.id), message.type, message.subject, body, at)


class WebhookEndpoints:
    """The endpoints that are described. One that says that it is gone may only be so for a while: a new process calls it once more."""

    def __init__(self, endpoints: Mapping[str, WebhookEndpoint]) -> None:
        self._endpoints = dict(endpoints)

    async def find(self, name: str) -> WebhookEndpoint | None:
        return self._endpoints.get(name)

    async def end(self, name: str) -> None:
        logger.warning(
            "the webhook %s answers that it is gone, and is called no more until the next start; what waits for it is kept",
            name,
        )


def load_notice_webhooks(channels: MessageChannels) -> NoticeWebhooks:
    """Raises UnusableConfigurationError."""
    names: dict[type[Data], tuple[str, ...]] = {}
    if problems := list(_problems(channels)):
        raise UnusableConfigurationError(f"message_channels.toml can't be used. {'; '.join(problems)}")
    for webhook in channels.webhooks:
        for event in webhook.events:
            names[MODELS[event]] = (*names.get(MODELS[event], ()), webhook.name)
    return NoticeWebhooks(names)


def body_of(message: Message, step: Data) -> bytes:
    fields = dict(step)
    data = WebhookStep(
        ticket=message.subject,
        service=message.service,
        state=fields["state"],
        holder=fields["holder"],
        due=fields.get("due"),
    )
    document = {
        "type": message.type,
        "timestamp": rfc3339(message.time),
        "data": data.model_dump(mode="json", exclude_none=True),
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _problems(channels: MessageChannels) -> Iterator[str]:
    for webhook in channels.webhooks:
        for event in webhook.events:
            step = MODELS.get(event)
            if step is None or not issubclass(step, STATUS) or step is DataSubjectErased:
                yield f"{webhook.name}: {event} is no step of a case"
