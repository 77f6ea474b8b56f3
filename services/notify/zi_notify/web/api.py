"""The API about deliveries and channels for staff; no answer names an address, and nothing is sent from here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request

from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.clock import Clock
from zi_chassis.domain import Value
from zi_chassis.storage.store import Store
from zi_chassis.webhooks.queue import failing
from zi_notify.channels.circuit_breaker import BreakerState
from zi_notify.domain.channel_switch import (
    Commands,
    SwitchChannelOff,
    SwitchChannelOn,
    SwitchedChannel,
    SwitchReason,
    channel_switch_id,
)
from zi_notify.messaging.published import switches
from zi_notify.notices.official_notices import OfficialNotices
from zi_notify.read import projections
from zi_notify.read.channel_tables import SwitchedOff, switched_off
from zi_notify.read.printed_letters import LetterReader, is_seen
from zi_notify.read.projections import DeliveryCount, ListedDelivery
from zi_notify.roles import CASE_STAFF, CHANNEL_OFFICIALS, COUNT_READERS
from zi_notify.sending.sender import Sender

router = APIRouter(prefix="/notify/api")

ChannelOfficial = Annotated[Staff, Depends(staff(*CHANNEL_OFFICIALS))]
CaseOfficial = Annotated[Staff, Depends(staff(*CASE_STAFF))]
Ticket = Annotated[str, Path(pattern=r"^[0-9A-Z*~$=-]{8,11}$")]


@router.get("/counts", dependencies=[Depends(staff(*COUNT_READERS))])
async def counts(request: Request) -> list[DeliveryCount]:
    """Count the deliveries by state, and by reason of failure."""
    store: Store = request.app.state.store
    return await store.query(projections.counts)


@router.get("/cases/{ticket}/deliveries")
async def deliveries(request: Request, ticket: Ticket, person: CaseOfficial) -> list[ListedDelivery]:
    """The deliveries of one case to its citizen. Of a case that this official may not know of there are none, as of one that does not exist."""
    store: Store = request.app.state.store
    officials: OfficialNotices = request.app.state.officials
    reader = LetterReader(person.sub, officials.audience)
    return await store.query(
        lambda tx: projections.of_ticket(tx, ticket) if is_seen(tx, reader, ticket) else []
    )


class SwitchOffBody(Value):
    reason: SwitchReason


class ProviderState(Value):
    """`state`: closed is at work, open rests after faults, half_open tries whether it is back."""

    name: str
    state: BreakerState


class ChannelState(Value):
    channel: SwitchedChannel
    off: SwitchedOff | None
    providers: tuple[ProviderState, ...]


@router.get("/channels", dependencies=[Depends(staff(*CHANNEL_OFFICIALS))])
async def channels(request: Request) -> list[ChannelState]:
    """The channels, whether they are switched off, and how their providers are doing as far as this process has seen."""
    return await channel_states(request)


@router.post("/channels/{channel}/off")
async def switch_off(
    request: Request, channel: SwitchedChannel, body: SwitchOffBody, person: ChannelOfficial
) -> list[ChannelState]:
    """Let everything that falls due on the channel wait; an entry of the ledger."""
    by = act(person, person.role(*CHANNEL_OFFICIALS), request.app.state.clock)
    return await switch_channel(
        request, channel, SwitchChannelOff(by=by, channel=channel, reason=body.reason)
    )


@router.post("/channels/{channel}/on")
async def switch_on(
    request: Request, channel: SwitchedChannel, person: ChannelOfficial
) -> list[ChannelState]:
    """Send what waits on the channel; an entry of the ledger."""
    by = act(person, person.role(*CHANNEL_OFFICIALS), request.app.state.clock)
    return await switch_channel(request, channel, SwitchChannelOn(by=by, channel=channel))


async def switch_channel(request: Request, channel: SwitchedChannel, command: Commands) -> list[ChannelState]:
    """Record the command, and return how the channels are then."""
    store: Store = request.app.state.store
    await store.handle(switches, channel_switch_id(store.source, channel), command)
    return await channel_states(request)


async def channel_states(request: Request) -> list[ChannelState]:
    store: Store = request.app.state.store
    sender: Sender = request.app.state.sender
    clock: Clock = request.app.state.clock
    off, failing_ones = await store.query(lambda tx: (switched_off(tx), failing(tx)))
    phones_and_mail = [
        ChannelState(
            channel=channel,
            off=off.get(channel),
            providers=tuple(
                ProviderState(name=name or channel, state=state)
                for name, state in lane.providers.states(clock.now()).items()
            ),
        )
        for channel, lane in sender.lanes.items()
    ]
    endpoints = tuple(
        ProviderState(name=name, state="open" if name in failing_ones else "closed")
        for name in request.app.state.webhooks
    )
    others = (
        [ChannelState(channel="webhook", off=off.get("webhook"), providers=endpoints)] if endpoints else []
    )
    return phones_and_mail + others
