"""Every erasure that this log and those before it recorded, for the service that holds the data after a restore. Only what came by its own
lane counts, as the ledger database has it, for an erasure destroys a key; of a log that was set aside without its rows, as the writer noted it. And only
what one official asked for and another approved (zi_tlog.erasure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from zi_audit.domain.chain import Link, read_link
from zi_audit.files.halt import HaltError, Reason
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tiles import Tiles
from zi_audit.tools.sender_entries import sender_entries
from zi_audit.writer.ledger import Ledger
from zi_tlog.erasure import INTAKE, SENDERS, ErasureRule, ErasureStep, ErasureTypes


@dataclass(frozen=True)
class RecordedErasures:
    """The messages themselves, oldest first; `refused` are event ids of those without a request by one official and approval by another."""

    counted: Sequence[str]
    refused: Sequence[str]


def erasures(ledger: Ledger, tiles: Tiles, office: str, types: ErasureTypes = INTAKE) -> RecordedErasures:
    """All that were recorded. Raises HaltError where the database lacks entries of the published log."""
    signed = PublishedLog(tiles).signed()
    published = 0 if signed is None else signed[1].size
    known = ledger.state().size if ledger.database.has("log_state") else 0
    if known < published:
        raise HaltError(
            Reason.REGRESSION,
            f"The ledger database holds {known} of {published} entries, so erasures could be missing: run zi-audit refill"
            " first.",
        )
    rule, counted, refused = ErasureRule(types), dict[bytes, None](), list[str]()
    for entry in _messages(ledger, tiles, office, types.sender):
        step = _step(read_link(entry), types)
        if step is None or entry in counted:
            continue
        if rule.counts(step):
            counted[entry] = None
        elif step.type == types.erased:
            refused.append(str(orjson.loads(entry)["id"]))
    return RecordedErasures([entry.decode() for entry in counted], refused)


def erases(link: Link) -> bool:
    types = SENDERS.get(link.service)
    return types is not None and link.attributes.get("type") == types.erased


def _step(link: Link | None, types: ErasureTypes) -> ErasureStep | None:
    """Return what the sender's message says about an erasure; None for everything else."""
    known = (types.requested, types.refused, types.erased)
    if link is None or link.service != types.sender or link.attributes.get("type") not in known:
        return None
    fields, version = link.attributes, link.attributes.get("version")
    data = fields.get("data")
    return ErasureStep(
        type=str(fields["type"]),
        source=link.source,
        subject=str(fields.get("subject", "")),
        aggregate=str(fields.get("aggregate", "")),
        version=version if isinstance(version, int) else 0,
        actor=str(fields.get("actor", "")),
        role=str(fields.get("actorrole", "")),
        asked_by=str(data.get("asked_by", "")) if isinstance(data, dict) else "",
    )


def _messages(ledger: Ledger, tiles: Tiles, office: str, sender: str) -> Iterator[bytes]:
    for number in tiles.origins():
        if ledger.database.has(f"entries_{number}"):
            yield from ledger.heard_from(sender, number)
        else:
            yield from _published(PublishedLog(tiles).former(number), office, sender)
    if ledger.database.has("entries"):
        yield from ledger.heard_from(sender)


def _published(log: PublishedLog, office: str, sender: str) -> Iterator[bytes]:
    entries = sender_entries([log], sender)
    return (entry.content for entry in entries if entry.link.source == f"/zi/{office}/{sender}")
