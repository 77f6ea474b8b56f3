"""One kept example of every message type parses for ever; an example is added, never edited or removed. After an @ stands what a later
example of the same type has that the first had not yet."""

import importlib
import pkgutil
from pathlib import Path

import pytest

from zi_contracts.data import Data
from zi_contracts.message import Message
from zi_contracts.registry import MODELS, SENDERS, data_of

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))


def type_of(path: Path) -> str:
    return path.stem.partition("@")[0]


def test_every_type_has_a_kept_example() -> None:
    assert {type_of(path) for path in EXAMPLES} == set(MODELS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_kept_example_parses(path: Path) -> None:
    message = Message.parse(path.read_bytes())
    assert message.type == type_of(path)
    assert isinstance(data_of(message), MODELS[type_of(path)])


@pytest.mark.parametrize("sender", SENDERS)
def test_a_type_names_the_service_and_the_event(sender: str) -> None:
    for model in SENDERS[sender]:
        assert model.type == f"zi.{sender}.{snake(model.__name__)}"


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


@pytest.mark.parametrize("sender", SENDERS)
def test_every_message_of_a_sender_stands_in_its_models(sender: str) -> None:
    contract = importlib.import_module(f"zi_contracts.{sender}")
    areas = pkgutil.iter_modules(getattr(contract, "__path__", ()), f"{contract.__name__}.")
    modules = [contract, *(importlib.import_module(area.name) for area in areas)]
    defined = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Data) and "type" in vars(each)
    }
    models = {each for each in defined if each.__module__ in {module.__name__ for module in modules}}
    assert models == set(SENDERS[sender])
