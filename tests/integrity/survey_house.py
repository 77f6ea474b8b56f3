"""The integrity zone over a real store and real files, without a broker: cases are finished, invitations taken, answers given."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from ipaddress import ip_network
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from tests.certificates.inside import SetClock
from tests.integrity.survey_steps import CLOSE, OPEN, SKM
from tests.web.provider import ISSUER

from zi_chassis.blind_signature import SALT, BlindPublicKey, BlindSigningKey
from zi_chassis.bus.lanes import LaneMessage
from zi_chassis.domain import Act
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import NO_PREVIOUS, rfc3339
from zi_contracts.message import Message
from zi_integrity.container import IntegrityOffice
from zi_integrity.domain.survey.ids import survey_window_id
from zi_integrity.domain.survey_token import MESSAGE, SurveyToken
from zi_integrity.main import front
from zi_integrity.messaging.surveys.published import survey_windows
from zi_integrity.use_cases.answer_pool import FilledForm
from zi_rules.ticket import ticket_from_bytes

NAMESPACE = UUID("3d0fbe0e-64e8-4a4f-9d0c-0f3f9ab4a0aa")
START = datetime(2026, 10, 5, 1, tzinfo=UTC)
CASE_STATUS = {"state": "closed", "holder": "office", "reachable_by": ["email"]}
PIN = {"id": "standard", "version": 1, "tier": "supervision", "source_status": "unverified"}


WINDOW = survey_window_id("skm", "2026-Q4")


def filled(value: int = 4, comment: str = "", **values: int) -> FilledForm:
    """The questionnaire with the same value everywhere, or with others where they are named."""
    answered = {**dict.fromkeys(SKM.codes, value), **values}
    return FilledForm(window=WINDOW, kind="skm", scale=SKM.scale, values=answered, comment=comment)


# Of as many surveys in a row each has a key of its own; to make one takes longer than most tests.
_turns = cycle(range(8))


@cache
def _key(number: int) -> bytes:
    return BlindSigningKey.generate().encoded


def next_key() -> bytes:
    return _key(next(_turns))


async def in_the_ledger(events: Iterable[UUID]) -> Mapping[UUID, int]:
    """The ledger as its client sees it, when it has everything."""
    return dict.fromkeys(events, 0)


@dataclass
class SurveyHouse:
    service: Service
    office: IntegrityOffice
    clock: SetClock

    async def hear(
        self, kind: str, name: str, data: Mapping[str, Any], actor: str = "", role: str = "public"
    ) -> None:
        """A message of another service about the case of this name."""
        sender = kind.split(".")[1]
        position = self.office.store.received_position(sender) + 1
        raw = json.dumps(
            {
                "specversion": "1.0",
                "id": str(uuid5(NAMESPACE, f"{sender} {position}")),
                "source": f"/zi/contoh/{sender}",
                "type": kind,
                "subject": ticket_of(name),
                "time": rfc3339(self.clock.now()),
                "datacontenttype": "application/json",
                "aggregate": str(case_of(name)),
                "version": position,
                "position": position,
                "previous": NO_PREVIOUS,
                "actor": actor or citizen_of(name),
                "actorrole": role,
                "commitment": NO_PREVIOUS,
                "data": dict(data),
            }
        ).encode()
        received = [LaneMessage(position, raw, Message.parse(raw))]
        await self.office.store.receive(sender, received, self.office.react)

    async def filed(
        self,
        name: str,
        service: str = "complaint",
        language: str = "id",
        actor: str = "",
        role: str = "public",
    ) -> None:
        status = {**CASE_STATUS, "state": "filed", "language": language}
        common = {"confidentiality": "named", "district": "tarakan", "standard": PIN, "items": []}
        times = {"acknowledge_by": rfc3339(self.clock.now()), "due": rfc3339(self.clock.now())}
        if service == "complaint":
            await self.hear(
                "zi.intake.complaint_filed",
                name,
                {**status, **common, **times, "kind": "service"},
                actor=actor,
                role=role,
            )
        else:
            data = {**status, **common, **times, "topic": "labels"}
            await self.hear("zi.intake.consultation_filed", name, data)

    async def closed(self, name: str, language: str = "id", reason: str = "resolved") -> None:
        data = {**CASE_STATUS, "language": language, "reason": reason}
        await self.hear("zi.intake.case_closed", name, data, "staff-1", "staff:officer")

    async def reopened(self, name: str) -> None:
        status = {**CASE_STATUS, "state": "assigned", "language": "id", "due": rfc3339(self.clock.now())}
        await self.hear("zi.intake.case_reopened", name, status)

    async def open_survey(self) -> None:
        await self.office.store.handle(survey_windows, WINDOW, OPEN)

    async def close_survey(self) -> None:
        await self.office.store.handle(survey_windows, WINDOW, CLOSE)

    async def finished(self, *names: str, service: str = "complaint") -> None:
        for name in names:
            await self.filed(name, service)
            await self.closed(name)

    async def next_day(self) -> None:
        """The night passes, and the round of the new day is held."""
        self.clock.pass_hours(24)
        await self.office.survey_rounds.tick()
        assert self.office.survey_rounds.reason is None

    async def blinded(self, name: str, seed: bytes = b"") -> SurveyToken:
        """Take the invitation as a browser with script does."""
        found = await self.office.inviting.invitation(ticket_of(name))
        assert found is not None
        public = BlindPublicKey.read(bytes.fromhex(found.key.modulus))
        random = sha256(seed or name.encode()).digest()
        message = (random * 2)[:MESSAGE]
        blinding = public.blind(message, (random * 2)[:SALT], random)
        signed = await self.office.inviting.sign(ticket_of(name), self.act(name), blinding.blinded)
        return SurveyToken(
            found.row.service,
            found.row.quarter,
            message,
            public.finalize(message, signed, blinding.inverse),
        )

    def act(self, name: str) -> Act:
        return Act(at=self.clock.now(), actor=citizen_of(name), role="public")


def ticket_of(name: str) -> str:
    return ticket_from_bytes(uuid5(NAMESPACE, f"ticket {name}").bytes)


def case_of(name: str) -> UUID:
    return uuid5(NAMESPACE, f"case {name}")


def citizen_of(name: str) -> str:
    return str(uuid5(NAMESPACE, f"citizen {name}"))


def names(number: int, prefix: str = "case") -> list[str]:
    return [f"{prefix}-{at:04}" for at in range(number)]


@asynccontextmanager
async def opened(
    folder: Path, clock: SetClock | None = None, database: str = ""
) -> AsyncIterator[SurveyHouse]:
    clock = clock or SetClock(START)
    settings = Settings(
        service="integrity", data=folder, database=database, issuer=ISSUER, public_url="http://zona.example"
    )
    service = front(settings, clock)
    office: IntegrityOffice = service.app.state.office
    office.inviting._indexes = in_the_ledger
    office.signing_keys._generated = next_key  # type: ignore[method-assign]
    [rules] = office.invitation_rules
    networks = {"office_networks": (ip_network("203.0.113.0/24"),)}
    office.survey_rounds._rules = rules.model_copy(update=networks)
    async with office:
        yield SurveyHouse(service, office, clock)
