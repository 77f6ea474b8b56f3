"""The channels for those who may switch them off: how each one and its providers are doing, a button to stop it, and one to go on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from zi_chassis.access.identity import Staff, act, staff
from zi_chassis.clock import Clock
from zi_chassis.web.form import Form
from zi_chassis.web.language import msgid
from zi_chassis.web.page import pages_of
from zi_notify.channels.circuit_breaker import BreakerState
from zi_notify.domain.channel_switch import (
    SwitchChannelOff,
    SwitchChannelOn,
    SwitchedChannel,
    SwitchReason,
)
from zi_notify.roles import CHANNEL_OFFICIALS, OPERATORS
from zi_notify.web.api import ChannelState, channel_states, switch_channel

LIST = "/notify/desk/channels"
CHANNELS: Mapping[SwitchedChannel, str] = {
    "email": msgid("E-mail"),
    "sms": msgid("SMS"),
    "whatsapp": msgid("WhatsApp"),
    "web_push": msgid("Notices on browsers"),
    "messenger": msgid("Chats of officials"),
    "webhook": msgid("Calls to other systems"),
}
REASONS: Mapping[SwitchReason, str] = {
    "fault": msgid("Something is wrong with it"),
    "abuse": msgid("Somebody abuses it"),
    "cost": msgid("It costs too much"),
    "maintenance": msgid("It is being worked on"),
    "test": msgid("To try the switch"),
}
PROVIDER_STATES: Mapping[BreakerState, str] = {
    "closed": msgid("at work"),
    "half_open": msgid("is tried again"),
    "open": msgid("rests after faults"),
}
UNREASONED = msgid("Choose why.")

router = APIRouter(include_in_schema=False)
ChannelOfficial = Annotated[Staff, Depends(staff(*CHANNEL_OFFICIALS))]


@router.get(LIST)
async def channel_list(request: Request, person: ChannelOfficial) -> Response:
    return await _page(request, person)


@router.post(f"{LIST}/{{channel}}/off")
async def switch_off_on_page(request: Request, channel: SwitchedChannel, person: ChannelOfficial) -> Response:
    chosen = (await request.form()).get("reason")
    reason = next((each for each in get_args(SwitchReason) if each == chosen), None)
    if reason is None:
        return await _page(request, person, unreasoned=channel)
    by = act(person, person.role(*CHANNEL_OFFICIALS), _clock(request))
    await switch_channel(request, channel, SwitchChannelOff(by=by, channel=channel, reason=reason))
    return RedirectResponse(LIST, 303)


@router.post(f"{LIST}/{{channel}}/on")
async def switch_on_on_page(request: Request, channel: SwitchedChannel, person: ChannelOfficial) -> Response:
    by = act(person, person.role(*CHANNEL_OFFICIALS), _clock(request))
    await switch_channel(request, channel, SwitchChannelOn(by=by, channel=channel))
    return RedirectResponse(LIST, 303)


async def _page(request: Request, person: Staff, unreasoned: SwitchedChannel | None = None) -> Response:
    states = await channel_states(request)
    sentence = pages_of(request).say(request, UNREASONED)
    context = {
        "channels": states,
        "since": {each.channel: _since(each) for each in states},
        "labels": CHANNELS,
        "reasons": REASONS,
        "provider_states": PROVIDER_STATES,
        "unreasoned": unreasoned,
        "form": Form().refused({f"reason-{unreasoned}": sentence} if unreasoned else {}),
        "operates": not person.roles.isdisjoint(OPERATORS),
    }
    return pages_of(request).render(request, "channels.html", 422 if unreasoned else 200, **context)


def _since(channel: ChannelState) -> datetime | None:
    return datetime.fromisoformat(channel.off.since) if channel.off else None


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock
