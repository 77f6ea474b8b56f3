"""The subscriptions of FastStream agree with the contracts, the topology and the policies that handle them."""

import importlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from faststream.specification import AsyncAPI

from zi_chassis.bus.inbox import Inbox
from zi_chassis.bus.topology import Topology
from zi_chassis.settings import Settings
from zi_chassis.storage.database import Tx
from zi_contracts.message import Message

ROOT = Path(__file__).parent.parent.parent
PUBLISHED: Mapping[str, Any] = json.loads((ROOT / "docs" / "asyncapi.json").read_text())
TOPOLOGY = Topology.read(ROOT / "deploy" / "nats" / "topology.toml")
EXAMPLES = ROOT / "tests" / "contracts" / "examples"
SERVICES = ("intake", "umkm", "certificates", "integrity", "notify")
SCHEMAS = "#/components/schemas/"


Lanes = Mapping[str, Mapping[str, Inbox]]
Documents = Mapping[str, Sequence[Mapping[str, Any]]]


@pytest.fixture(scope="module")
def lanes(tmp_path_factory: pytest.TempPathFactory) -> Lanes:
    """The lanes of each service, by sender."""
    return {service: _lanes(service, tmp_path_factory.mktemp(service)) for service in SERVICES}


@pytest.fixture(scope="module")
def documents(lanes: Lanes) -> Documents:
    """The AsyncAPI documents that FastStream writes of each service's subscribers: one a lane, as it tells models of the same name in
    two senders not apart."""
    return {
        service: [
            AsyncAPI(inbox.subscriber.faststream, title=service).to_specification().to_jsonable()
            for inbox in inboxes.values()
        ]
        for service, inboxes in lanes.items()
    }


def test_each_lane_of_the_topology_is_one_subscriber(documents: Documents) -> None:
    for service, of_lanes in documents.items():
        channels = [channel["address"] for document in of_lanes for channel in document["channels"].values()]
        assert sorted(channels) == sorted(f"zi.{sender}.>" for sender in TOPOLOGY.root[service].hears)
        actions = [each["action"] for document in of_lanes for each in document["operations"].values()]
        assert set(actions) == {"receive"}


def test_what_is_subscribed_to_is_published_with_the_same_data(documents: Documents) -> None:
    for of_lanes in documents.values():
        for address, type_, schema in _subscribed(of_lanes):
            assert f"{type_.rpartition('.')[0]}.>" == address
            (of_type,) = (
                part["properties"]
                for part in PUBLISHED["components"]["messages"][type_]["payload"]["allOf"]
                if "properties" in part
            )
            published = PUBLISHED["components"]["schemas"][of_type["data"]["$ref"].removeprefix(SCHEMAS)]
            assert schema == published


def test_each_published_type_is_subscribed_to_by_those_whose_policies_handle_it(
    documents: Documents, lanes: Lanes
) -> None:
    """The kept example of every type goes to the policies of every service that has a lane of its sender."""
    for service, of_lanes in documents.items():
        subscribed = {type_ for _, type_, _ in _subscribed(of_lanes)}
        handled = {type_ for type_ in PUBLISHED["channels"] if _handles(lanes[service], type_)}
        assert handled
        assert handled <= subscribed


def _lanes(service: str, folder: Path) -> Mapping[str, Inbox]:
    settings = Settings(service=service, data=folder, nats_url="nats://127.0.0.1:1")
    app = importlib.import_module(f"zi_{service}.main").create_app(settings)
    lanes: Mapping[str, Inbox] = app.state.lanes
    return lanes


def _handles(lanes: Mapping[str, Inbox], type_: str) -> bool:
    """Return whether the policies read or write a table because of this type, or answer with a command."""
    sender = type_.split(".")[1]
    if sender not in lanes:
        return False
    message = Message.parse((EXAMPLES / f"{type_}.json").read_bytes())
    without_tables = Tx(sqlite3.connect(":memory:").cursor(), postgres=False)
    try:
        return bool(list(lanes[sender].react(without_tables, message)))
    except sqlite3.OperationalError:
        return True


def _subscribed(documents: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, Any]]:
    """Address, type and schema of the data of every message that documents subscribe to."""
    return [found for document in documents for found in _subscribed_in(document)]


def _subscribed_in(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    schemas = document["components"]["schemas"]
    for channel in document["channels"].values():
        (message,) = channel["messages"].values()
        payload = document["components"]["messages"][message["$ref"].rpartition("/")[2]]["payload"]
        items = schemas[payload["$ref"].removeprefix(SCHEMAS)]["items"]
        for each in items.get("anyOf", [items]):
            properties = (schemas[each["$ref"].removeprefix(SCHEMAS)] if "$ref" in each else each)[
                "properties"
            ]
            data = schemas[properties["data"]["$ref"].removeprefix(SCHEMAS)]
            yield channel["address"], properties["type"]["const"], data
