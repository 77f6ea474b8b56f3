"""Two officials let a service go on whose outbox stopped: one looks into the messages, another declares them in the log."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from tests.audit.log_home import Home, Sender
from tests.audit.outbox_host import GOING, hosted
from tests.audit.test_anomalies import PLANTED, REASON, House, digest
from tests.audit.web import Web

from zi_audit.domain.arrival import Arrival
from zi_audit.domain.chain import ZEROS
from zi_audit.files.status import WriterStatus, write_status
from zi_audit.web.continuations import MOST
from zi_chassis.bus.foreign import Continuation, ForeignRecord
from zi_chassis.web.lanes import StrangerState
from zi_contracts.audit import MOST_FOREIGN
from zi_tlog.tile import MAX_ENTRY_BYTES

CONFIRMED = {"confirm.nothing_restored": "yes"}


def stray(
    sequence: int,
    content: bytes,
    repeats: int | None = None,
    *,
    continues: bool = False,
    signed: bool = True,
) -> StrangerState:
    return StrangerState(
        sequence=sequence, hash=digest(content), repeats=repeats, continues=continues, signed=signed
    )


class Stopped(House):
    """The outbox of intake stopped at the planted message."""

    def stop(self, *messages: StrangerState) -> None:
        head = self.intake.head
        self.host.stop("intake", head.position, head.digest, *(messages or (stray(4, PLANTED),)))

    def body(self, **fields: Any) -> dict[str, Any]:
        """Return the messages that the outbox names, with a reason."""
        state = self.host.states["intake"].model_dump(mode="json")
        return {name: state[name] for name in ("after_position", "head", "messages")} | REASON | fields

    async def go_on(self, sub: str = "operator-1", role: str = "ops", **fields: Any) -> Any:
        return await self.post("senders/intake/continue", sub, role, self.body(**fields))

    async def declared(self) -> Any:
        return (await self.web.get("/audit/api/senders/intake/continuations")).json()

    async def publish_own(self) -> None:
        """Append all that audit has published to the log."""
        rows = self.web.store.messages(0, 1000)
        self.log.append([Arrival("audit", n, row.message) for n, row in enumerate(rows, start=1)])
        await self.web.indexed(self.log.size)

    async def form(self, sub: str, role: str, step: str, **fields: str) -> Any:
        """A form of the page, as it was shown to this person."""
        page = (await self.page("/audit/senders/intake?lang=en", sub, role)).text
        assert f'action="/audit/senders/intake/{step}"' in page, page
        version = page.partition('name="seen" value="')[2].partition('"')[0]
        return await self.send(
            f"/audit/senders/intake/{step}?lang=en", sub, role, **{"seen": version} | fields
        )


@pytest.fixture
async def house(web: Web, home: Home) -> AsyncIterator[Stopped]:
    with hosted() as host:
        house = Stopped(web, home, host)
        house.stop()
        await web.indexed(4)
        yield house


def kind(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("type", "").removeprefix("urn:zona:problem:")


async def test_two_people_let_a_sender_go_on_and_the_log_says_so_first(house: Stopped, web: Web) -> None:
    assert kind(await house.go_on()) == (409, "four_eyes")
    await house.acknowledge("operator-1", "ops")
    assert kind(await house.go_on()) == (409, "four_eyes")
    await house.acknowledge()
    answer = await house.go_on()
    assert answer.status_code == 200
    assert await house.declared() == []
    await house.publish_own()
    expected = [{"after_position": 3, "head": house.intake.head.digest, "messages": [[4, digest(PLANTED)]]}]
    assert await house.declared() == answer.json() == expected
    [continued] = [message for message in web.published() if message.event == "sender_continued"]
    assert (continued.actor, continued.actorrole, continued.subject) == (
        "operator-1",
        "staff:ops",
        "lane-intake",
    )
    assert continued.data["messages"] == [{"sequence": 4, "hash": digest(PLANTED), "index": 3}]
    assert (await house.go_on()).status_code == 200
    assert len([message for message in web.published() if message.event == "sender_continued"]) == 1


@pytest.mark.parametrize("role", ["officer", "head", "auditor"])
async def test_only_an_operator_lets_a_sender_go_on(house: Stopped, role: str) -> None:
    await house.acknowledge("auditor-2")
    assert (await house.go_on("somebody", role)).status_code == 403
    assert (await house.send("/audit/senders/intake/continue", "somebody", role)).status_code == 403


async def test_what_the_outbox_does_not_name_is_not_declared(house: Stopped, web: Web) -> None:
    """An operator who wants to disown a true message of the sender, and has somebody acknowledge it, gets nowhere."""
    message = house.intake.sent[2].content
    await house.acknowledge(index=2)
    for fields in (
        {"messages": [{"sequence": 3, "hash": digest(message)}]},
        {"messages": [{"sequence": 5, "hash": digest(PLANTED)}]},
        {"after_position": 2},
        {"head": ZEROS},
    ):
        assert kind(await house.go_on(**fields)) == (409, "outbox_differs")
    body = house.body()
    house.host.states["intake"] = GOING
    answer = await house.post("senders/intake/continue", "operator-1", "ops", body)
    assert kind(answer) == (409, "outbox_differs")
    del house.host.states["intake"]
    assert (await house.post("senders/intake/continue", "operator-1", "ops", body)).status_code == 503
    assert not [message for message in web.published() if message.event == "sender_continued"]


async def test_the_place_that_the_outbox_names_has_to_be_in_the_log(house: Stopped) -> None:
    await house.acknowledge()
    house.host.stop("intake", 2, digest(b"another history"), stray(4, PLANTED))
    assert kind(await house.go_on()) == (409, "unknown_place")
    house.stop(stray(4, PLANTED), stray(5, b"not in the log yet"))
    assert kind(await house.go_on()) == (409, "unknown_place")
    page = (await house.page("/audit/senders/intake?lang=en")).text
    assert "not in the ledger yet" in page
    assert "<form method" not in page.partition("<main")[2]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
async def test_a_reason_has_to_be_given(house: Stopped, reason: str) -> None:
    await house.acknowledge()
    assert (await house.go_on(reason=reason)).status_code == 422
    answer = await house.form("operator-1", "ops", "continue", decision=reason)
    assert (answer.status_code, "Why it may go on" in answer.text) == (422, True)


async def test_a_message_that_could_be_the_senders_own_is_declared_after_a_second_thought(
    house: Stopped, web: Web
) -> None:
    """A service whose data came back from an old backup finds its own messages on its stream."""
    forged = orjson.dumps({**orjson.loads(house.intake.message()), "actor": "a thief"})
    house.log.append([Arrival("intake", 5, forged)])
    await web.indexed(5)
    house.stop(stray(4, PLANTED), stray(5, forged, continues=True))
    assert (await house.acknowledge(index=4)).json()["found"] is None
    await house.acknowledge()
    assert kind(await house.go_on()) == (409, "restored_store")
    refused = await house.form("operator-1", "ops", "continue", decision="r")
    assert refused.status_code == 422
    assert "declare nothing" in refused.text
    assert (await house.form("operator-1", "ops", "continue", decision="r", **CONFIRMED)).status_code == 303
    await house.publish_own()
    examined = (await house.page("/audit/api/anomalies/4")).json()
    assert examined["found"]["kind"] == "forged"


async def test_a_copy_of_an_own_message_takes_two_as_well_and_stays_the_senders(house: Stopped) -> None:
    message = house.intake.sent[1].content
    house.stop(stray(4, message, repeats=2, signed=False))
    assert kind(await house.go_on()) == (409, "four_eyes")
    await house.acknowledge(index=2)
    assert (await house.go_on()).status_code == 200
    await house.publish_own()
    assert await house.declared() == [
        Continuation(
            after_position=3, head=house.intake.head.digest, messages=(ForeignRecord(4, digest(message)),)
        ).model_dump(mode="json")
    ]
    assert (await house.page("/audit/api/anomalies/1")).json()["found"] is None
    assert "Settled" in (await house.page("/audit/senders/intake?lang=en")).text


async def test_what_the_log_passed_over_is_declared_beside_the_rest(house: Stopped, web: Web) -> None:
    """Behind a forgery under the stolen key stands one without proof: it has no entry, and stops the service as well."""
    unproven = b"in nobody's name"
    house.stop(stray(4, PLANTED), stray(5, unproven, signed=False))
    await house.acknowledge()
    for progress in ({}, {"intake": 3}):
        write_status(house.home.tiles, WriterStatus(at=house.home.clock.now(), heard=progress))
        assert kind(await house.go_on()) == (409, "unknown_place")
    write_status(house.home.tiles, WriterStatus(at=house.home.clock.now(), heard={"intake": 4}))
    assert "the ledger passed it over" in (await house.page("/audit/senders/intake?lang=en")).text
    assert (await house.go_on()).status_code == 200
    [continued] = [message.data for message in web.published() if message.event == "sender_continued"]
    assert continued["forged"] == [3]
    assert continued["messages"][1] == {"sequence": 5, "hash": digest(unproven)}
    await house.publish_own()
    assert (await house.page("/audit/api/anomalies/2")).json()["found"] is None


async def test_a_message_that_was_too_long_for_an_entry_is_found_too(house: Stopped, web: Web) -> None:
    """And somebody who imitates its entry hides neither of them."""
    long = b"x" * (MAX_ENTRY_BYTES + 1)
    imitation = orjson.dumps({"unreadable": "too long", "length": 10, "sha256": digest(PLANTED)})
    spoilt = b'{"unreadable":"too long",'
    contents = [long, imitation, spoilt]
    house.log.append([Arrival("intake", n, content) for n, content in enumerate(contents, start=5)])
    await web.indexed(7)
    house.stop(*(stray(n, content) for n, content in enumerate([PLANTED, *contents], start=4)))
    state = (await house.page("/audit/api/senders/intake")).json()
    assert [each["index"] for each in state["messages"]] == [3, 4, 5, 6]


async def test_a_stream_may_begin_with_a_forgery(house: Stopped, web: Web) -> None:
    house.log.append([Arrival("notify", 1, PLANTED)])
    await web.indexed(5)
    house.host.stop("notify", 0, ZEROS, stray(1, PLANTED))
    await house.acknowledge(index=4)
    body = {"after_position": 0, "head": ZEROS, "messages": [{"sequence": 1, "hash": digest(PLANTED)}]}
    answer = await house.post("senders/notify/continue", "operator-1", "ops", body | REASON)
    assert answer.status_code == 200


async def test_a_vault_asks_who_was_erased_without_a_name(house: Stopped, web: Web) -> None:
    answer = (await web.get("/audit/api/senders/intake/erasures?after=1")).json()
    assert answer["indexed"] > 0
    assert answer["erasures"] == []


async def test_nobody_goes_on_whom_the_ledger_does_not_hear(house: Stopped) -> None:
    answer = await house.post("senders/stranger/continue", "operator-1", "ops", house.body())
    assert answer.status_code == 404
    for path in (
        "api/senders/stranger/continuations",
        "api/senders/notify/erasures",
        "api/senders/stranger",
        "senders/stranger",
    ):
        assert (await house.page(f"/audit/{path}", "operator-1", "ops")).status_code == 404


async def test_the_outbox_of_audit_itself_needs_no_entry_first(house: Stopped, web: Web) -> None:
    """Its own stream has to go on before the entry can be in the log."""
    audit, planted = Sender("audit"), b"slipped into audit's"
    house.log.append([*audit.say(1), Arrival("audit", 2, planted)])
    await web.indexed(6)
    house.host.stop("audit", 1, audit.head.digest, stray(2, planted))
    await house.acknowledge(index=5)
    body = {"after_position": 1, "head": audit.head.digest}
    body["messages"] = [{"sequence": 2, "hash": digest(planted)}]
    answer = await house.post("senders/audit/continue", "operator-1", "ops", body | REASON)
    assert answer.status_code == 200
    assert (await web.get("/audit/api/senders/audit/continuations")).json() == answer.json() != []


# -- the page


async def test_each_of_two_officials_has_a_button_and_is_told_what_it_does(house: Stopped) -> None:
    auditor = (await house.page("/audit/senders/intake?lang=en")).text
    assert "its stream holds 1 message that it did not write" in auditor
    assert "Only an operator can do this." in auditor
    alone = (await house.page("/audit/senders/intake?lang=en", "operator-1", "ops")).text
    assert "Nobody confirms their own work." in alone
    assert 'action="/audit/senders/intake/continue"' not in alone
    empty = await house.form("auditor-1", "auditor", "acknowledge", reason=" ")
    assert (empty.status_code, "What you found" in empty.text) == (422, True)
    assert (await house.form("auditor-1", "auditor", "acknowledge", **REASON)).status_code == 303
    assert "You have examined all of them." in (await house.page("/audit/senders/intake?lang=en")).text
    assert (await house.form("operator-1", "ops", "continue", decision="A stolen key.")).status_code == 303
    settled = (await house.page("/audit/senders/intake?lang=en", "operator-1", "ops")).text
    assert "The service continues by itself" in settled
    assert "<form method" not in settled.partition("<main")[2]
    house.host.states["intake"] = GOING
    assert "This service publishes." in (await house.page("/audit/senders/intake?lang=en")).text


async def test_one_person_with_both_roles_settles_nothing(house: Stopped) -> None:
    await house.form("auditor-1", "auditor", "acknowledge", **REASON)
    page = await house.page("/audit/senders/intake?lang=en", "auditor-1", "auditor", "ops")
    assert "Nobody confirms their own work." in page.text
    assert kind(await house.go_on("auditor-1", "ops")) == (409, "four_eyes")


@pytest.mark.parametrize("step", ["acknowledge", "continue"])
async def test_a_form_counts_for_what_it_showed(house: Stopped, web: Web, step: str) -> None:
    """One more message came while the page was read."""
    await house.acknowledge("auditor-2")
    page = (await house.page("/audit/senders/intake", "operator-1", "ops")).text
    version = page.partition('name="seen" value="')[2].partition('"')[0]
    house.log.append([Arrival("intake", 5, b"another one")])
    await web.indexed(5)
    house.stop(stray(4, PLANTED), stray(5, b"another one"))
    fields = {"seen": version, "decision": "r", **REASON}
    answer = await house.send(f"/audit/senders/intake/{step}", "operator-1", "ops", **fields)
    assert answer.status_code == 409


async def test_a_flood_is_settled_with_two_forms(house: Stopped, web: Web) -> None:
    """And no page of the list leaves one out."""
    contents = [PLANTED, *(f"flood {n}".encode() for n in range(MOST_FOREIGN + 30))]
    house.log.append([Arrival("intake", n, content) for n, content in enumerate(contents[1:], start=5)])
    await web.indexed(house.log.size)
    house.stop(*(stray(n, content) for n, content in enumerate(contents, start=4)))
    rows = list[str]()
    for number in range(1, len(contents) // MOST + 2):
        page = (await house.page(f"/audit/senders/intake?lang=en&page={number}")).text
        assert f"of {len(contents)}" in page
        rows += [row.partition("<")[0] for row in page.split('<th scope="row">')[1:]]
    assert rows == [str(n) for n in range(4, len(contents) + 4)]
    assert (await house.form("auditor-1", "auditor", "acknowledge", **REASON)).status_code == 303
    assert (await house.form("operator-1", "ops", "continue", decision="A stolen key.")).status_code == 303
    continued = [message.data for message in web.published() if message.event == "sender_continued"]
    assert [len(each["messages"]) for each in continued] == [MOST_FOREIGN, 31]
    await house.publish_own()
    hashes = [hash for continuation in await house.declared() for _, hash in continuation["messages"]]
    assert hashes == [digest(content) for content in contents]
