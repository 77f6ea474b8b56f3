"""Witnesses outside of the office: real ones, each with a record of its own, and ones that misbehave."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zi_tlog.cosignature import Cosigner
from zi_tlog.policy import Policy, Witness, parse_policy
from zi_witness.key import make_key
from zi_witness.record import WitnessRecord
from zi_witness.watched import Watched
from zi_witness.web import WitnessSite as RealWitness


class Outage:
    """In front of a witness: what is answered instead while `status` is set; `asked` counts the requests."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self.status: int | None = None
        self.body = b"out of order"
        self.requests = 0
        self.hold = asyncio.Event()
        self.hold.set()

    async def answer(self, request: Request) -> Response:
        self.requests += 1
        await self.hold.wait()
        if self.status is not None:
            return Response(self.body, self.status)
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://witness") as client:
            answer = await client.post("/add-checkpoint", content=await request.body())
        return Response(answer.content, answer.status_code, dict(answer.headers))


@dataclass
class Neighbours:
    """`one` makes a witness that watches the log of the given vkeys; `policy` names all that were made."""

    folder: Path
    outages: dict[str, Outage] = field(default_factory=dict)
    cosigners: dict[str, Cosigner] = field(default_factory=dict)
    records: list[WitnessRecord] = field(default_factory=list)

    def witness(self, name: str, *vkeys: str, clock: Callable[[], int] = lambda: int(time.time())) -> Outage:
        folder = self.folder / name
        cosigner = make_key(folder, f"{name}.example/witness")
        record = WitnessRecord(folder, cosigner, clock)
        self.records.append(record)
        self.cosigners[name] = cosigner
        app = RealWitness(record, Watched(vkeys, []), cosigner.verifier).application()
        self.outages[name] = Outage(app)
        return self.outages[name]

    def policy(self, quorum: str | None = None, *more: str) -> Policy:
        lines = [
            f"witness {name} {each.key.vkey} http://{name}.example\n" for name, each in self.cosigners.items()
        ]
        return parse_policy(
            "".join([*lines, *more, f"quorum {quorum or next(iter(self.cosigners))}\n"]).encode()
        )

    def client(self) -> httpx.AsyncClient:
        mounts = {
            f"http://{name}.example": httpx.ASGITransport(app=Starlette(routes=[_route(outage)]))
            for name, outage in self.outages.items()
        }
        return httpx.AsyncClient(mounts=mounts, trust_env=False)

    def close(self) -> None:
        for record in self.records:
            record.close()


def unnamed(policy: Policy) -> Policy:
    """The same witnesses without an address."""
    nobody = tuple(Witness(each.name, each.key) for each in policy.witnesses)
    return Policy((), nobody, policy.groups, policy.quorum)


def _route(outage: Outage) -> Route:
    return Route("/add-checkpoint", outage.answer, methods=["POST"])
