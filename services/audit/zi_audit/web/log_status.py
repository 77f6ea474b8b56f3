"""The state of the log by its published files: the checkpoint that it signed last, its witnesses, and the reason if it stands still."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from zi_audit.files.halt import Reason
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.status import Fault, WitnessStatus, WriterStatus, read_status
from zi_audit.files.tile_folder import CHECKPOINT, COSIGNED
from zi_audit.files.tiles import Tiles
from zi_chassis.clock import Clock
from zi_chassis.domain import Value
from zi_tlog.error import LogError
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy, Witness
from zi_tlog.text import encode_base64

SILENT = timedelta(seconds=30)


class WitnessState(Value):
    """`at`: when it cosigned last, by its own clock, a checkpoint of `size` entries; `fault` is why it did not when asked last."""

    name: str
    in_the_house: bool
    size: int = 0
    at: datetime | None = None
    fault: Fault | None = None


class LogStatus(Value):
    """The state of the log on its page; `failure` when the files contradict themselves, `away` when the place where they lie does not answer."""

    size: int | None = None
    root: str = ""
    keys: Sequence[str] = ()
    published_at: datetime | None = None
    quorum: str | None = None
    witnesses: Sequence[WitnessState] = ()
    witnessed_size: int | None = None
    stopped: Reason | None = None
    silent_since: datetime | None = None
    failure: bool = False
    away: bool = False

    @property
    def cosigned_at(self) -> datetime | None:
        """Return when any witness cosigned last."""
        return max((witness.at for witness in self.witnesses if witness.at), default=None)

    @property
    def only_in_the_house(self) -> bool:
        return bool(self.witnesses) and all(witness.in_the_house for witness in self.witnesses)


def log_status(log: PublishedLog, clock: Clock) -> LogStatus:
    status = read_status(log.tiles)
    found = LogStatus(
        stopped=None if status is None else status.stopped, silent_since=_silent_since(status, clock)
    )
    try:
        return found.model_copy(update=_published(log, clock, status))
    except LogError:
        return found.model_copy(update={"failure": True})


def _published(log: PublishedLog, clock: Clock, status: WriterStatus | None) -> dict[str, object]:
    """Fields of Standing; none before the first checkpoint."""
    signed, policy = log.signed(), log.policy()
    if signed is None or policy is None:
        return {}
    endorsement = _witnessed(log.tiles, policy)
    statuses = (
        {}
        if status is None
        else {status_of_witness.name: status_of_witness for status_of_witness in status.witnesses}
    )
    return {
        "size": signed[1].size,
        "root": encode_base64(signed[1].root),
        "keys": [log.key.vkey for log in policy.logs],
        "published_at": _written(log.tiles, clock),
        "quorum": policy.quorum,
        "witnesses": [
            _state(witness, signed[1].origin, endorsement, statuses.get(witness.name))
            for witness in policy.witnesses
        ],
        "witnessed_size": None if endorsement is None else endorsement.checkpoint.size,
    }


def _witnessed(tiles: Tiles, policy: Policy) -> Endorsement | None:
    """The newest checkpoint that meets the quorum, if one is asked for."""
    note = None if policy.quorum == NO_QUORUM else tiles.read(COSIGNED)
    return None if note is None else policy.check(note)


def _state(
    witness: Witness, origin: str, endorsement: Endorsement | None, status_of_witness: WitnessStatus | None
) -> WitnessState:
    """Return what its cosignature under the published checkpoint proves, or what the writer received since."""
    second = None if endorsement is None else endorsement.cosigned.get(witness.name)
    size, at = (
        (0, None)
        if endorsement is None or second is None
        else (endorsement.checkpoint.size, _instant(second))
    )
    if (
        status_of_witness is not None
        and status_of_witness.at is not None
        and (at is None or status_of_witness.at > at)
    ):
        size, at = status_of_witness.size or 0, status_of_witness.at
    return WitnessState(
        name=witness.name,
        in_the_house=_same_house(witness.key.name, origin),
        size=size,
        at=at,
        fault=None if status_of_witness is None else status_of_witness.fault,
    )


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _same_house(witness: str, origin: str) -> bool:
    """A witness of the house is named after the log's origin, or after that of a log which this one continues."""
    return f"{origin}/".startswith(f"{witness.rpartition('/')[0]}/")


def _silent_since(status: WriterStatus | None, clock: Clock) -> datetime | None:
    return status.at if status is not None and clock.now() - status.at > SILENT else None


def _written(tiles: Tiles, clock: Clock) -> datetime:
    """Return when the checkpoint was published, by the clock that the house uses."""
    return datetime.fromtimestamp(tiles.written_at(CHECKPOINT), clock.now().tzinfo) + clock.shift
