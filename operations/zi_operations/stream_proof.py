"""Prove before the beginning of a stream goes: the message with which it will begin is the same in the stream, in the store and under a
checkpoint with witnesses, so that all before it is too; and every erasure before it is among the copies that stay for ever."""

from collections.abc import AsyncIterator

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from zi_audit.domain.chain import read_link
from zi_audit.files.published_log import PublishedLog
from zi_audit.tools.erasures import erasures
from zi_chassis.bus.broker import Broker
from zi_chassis.bus.own_stream import of_type
from zi_chassis.bus.stored_messages import stored_message
from zi_chassis.bus.topology import erasure_stream_of, stream_of
from zi_chassis.storage.recorded import digest
from zi_operations.examination import opened_ledger
from zi_operations.house import HouseOfData
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.stream_limits import StreamPlan, hash_at
from zi_tlog.erasure import SENDERS as VAULTS
from zi_tlog.tree import leaf_hash


async def prove(house: HouseOfData, broker: Broker, plan: StreamPlan) -> None:
    """Raises OperationError."""
    js = await broker.jetstream()
    message = await stored_message(js, plan.service, plan.begin)
    content = b"" if message is None else message.data or b""
    with house.stores[plan.service].reading() as tx:
        is_stored = hash_at(tx, plan.position) == digest(content)
    if not is_stored or not _is_witnessed(house, plan, leaf_hash(content)):
        raise _contradicted(plan)
    if plan.service in VAULTS:
        await _prove_copies(house, js, plan)


def _is_witnessed(house: HouseOfData, plan: StreamPlan, leaf: bytes) -> bool:
    with house.ledger.reading() as tx:
        rows = tx.execute(
            "SELECT idx FROM entries WHERE sender = ? AND position = ? ORDER BY idx LIMIT 1",
            plan.service,
            plan.position,
        )
    log = PublishedLog(house.tiles)
    return any(log.receipt(row["idx"], leaf) is not None for row in rows)


async def _prove_copies(house: HouseOfData, js: JetStreamContext, plan: StreamPlan) -> None:
    types = VAULTS[plan.service]
    try:
        copies = {
            digest(each.data or b"")
            async for each in of_type(js, erasure_stream_of(plan.service), types.erased)
        }
    except NotFoundError as error:
        raise _uncopied(plan, 0) from error
    wanted = {digest(each) async for each in _on_stream(js, plan, types.erased)}
    with opened_ledger(house) as ledger:
        for each in erasures(ledger, house.tiles, house.office, types).counted:
            link = read_link(each.encode())
            if link is not None and link.position < plan.position:
                wanted.add(digest(each.encode()))
    if missing := wanted - copies:
        raise _uncopied(plan, len(missing))


async def _on_stream(js: JetStreamContext, plan: StreamPlan, type: str) -> AsyncIterator[bytes]:
    async for each in of_type(js, stream_of(plan.service), type):
        if (each.seq or 0) >= plan.begin:
            return
        yield each.data or b""


def _contradicted(plan: StreamPlan) -> OperationError:
    return OperationError(
        OperationStatus.CONTRADICTED,
        f"{plan.service}: message {plan.begin} of the stream is not what store and ledger have at position {plan.position}. Nothing was removed:"
        " run zona check.",
        f"{plan.service}: pesan {plan.begin} di aliran bukan yang dimiliki penyimpanan dan buku besar pada posisi {plan.position}. Tidak ada yang"
        " dihapus: jalankan zona check.",
    )


def _uncopied(plan: StreamPlan, missing: int) -> OperationError:
    stream = erasure_stream_of(plan.service)
    return OperationError(
        OperationStatus.UNCOPIED,
        f"{plan.service}: {missing or 'all'} erasures before message {plan.begin} are not in {stream}. Nothing was removed. If that stays so, make both"
        " streams anew (docs/operations.md, Streams that grow).",
        f"{plan.service}: {missing or 'semua'} penghapusan sebelum pesan {plan.begin} tidak ada di {stream}. Tidak ada yang dihapus. Bila tetap begitu,"
        " buat kedua aliran baru (docs/operations.md, Streams that grow).",
    )
