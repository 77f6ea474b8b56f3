"""Every message type this release knows, by its type string; a type it does not know is no error."""

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import ValidationError

from zi_contracts import audit, certificates, intake, integrity, notify, umkm
from zi_contracts.configuration import ConfigurationAdopted, ConfigurationWithdrawn
from zi_contracts.data import Data
from zi_contracts.lanes import ForeignMessagesPassedOver, MessageSkipped
from zi_contracts.message import Message, UnreadableMessageError

SENDERS: Final = {
    "intake": intake.MODELS,
    "umkm": umkm.MODELS,
    "certificates": certificates.MODELS,
    "integrity": integrity.MODELS,
    "notify": notify.MODELS,
    "audit": audit.MODELS,
}
DECIDE_BY_CONFIGURATIONS: Final = ("intake", "umkm", "certificates", "integrity", "notify", "audit")
MODELS: Final[dict[str, type[Data]]] = {}
for _sender, _models in SENDERS.items():
    MODELS.update({model.type: model for model in _models})
    MODELS[f"zi.{_sender}.message_skipped"] = MessageSkipped
    MODELS[f"zi.{_sender}.foreign_messages_passed_over"] = ForeignMessagesPassedOver
    if _sender in DECIDE_BY_CONFIGURATIONS:
        MODELS[f"zi.{_sender}.configuration_adopted"] = ConfigurationAdopted
        MODELS[f"zi.{_sender}.configuration_withdrawn"] = ConfigurationWithdrawn


def by_sender(senders: Iterable[str], models: Iterable[type[Data]]) -> Mapping[str, tuple[type[Data], ...]]:
    """Group models by their sender, each once; every one of `senders` has a group."""
    every = tuple(dict.fromkeys(models))
    return {
        sender: tuple(model for model in every if model.type.startswith(f"zi.{sender}."))
        for sender in senders
    }


class UnknownTypeError(UnreadableMessageError):
    """A newer version sends this type. An older one can't know whether to react to it, so it does not pass it over."""


def data_of(message: Message) -> Data:
    """The message's data by its type's model. Raises UnknownTypeError, which blocks a lane, and UnreadableMessageError."""
    model = MODELS.get(message.type)
    if model is None:
        raise UnknownTypeError(f"this version does not know {message.type}: start the newer version again")
    try:
        return model.model_validate(message.data)
    except ValidationError as refused:
        fields = ", ".join(".".join(map(str, each["loc"])) for each in refused.errors(include_input=False))
        raise UnreadableMessageError(f"data of {message.type}: {fields}") from None
