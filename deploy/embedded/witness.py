"""The witness in the same house as the log. It shows how witnessing works and proves nothing, because the same people control both. An
office names outside witnesses in `<data>/witnesses`."""

from pathlib import Path

from zi_audit.files.tile_folder import POLICY, tiles_of
from zi_chassis.bucket import SCHEME
from zi_chassis.settings import LISTENERS, Settings
from zi_tlog.note import NoteKey
from zi_tlog.policy import Policy, PolicyError, Witness, parse_policy
from zi_witness.key import KEY, load_key, make_key

NAME = "witness-in-the-same-house"
PREFIX = "/witness"


def folder(settings: Settings) -> Path:
    return settings.data / "witness"


def prepare(settings: Settings) -> None:
    """Makes the key once, and names this witness to the log, where it listens in this run, unless the office has named its own."""
    is_made = (folder(settings) / KEY).exists()
    name = f"{settings.log_origin}{PREFIX}"
    key = (load_key(folder(settings)) if is_made else make_key(folder(settings), name)).key
    (folder(settings) / "logs").mkdir(exist_ok=True, mode=0o700)
    named = settings.data / "witnesses"
    if not named.exists() or _is_ours(named.read_bytes(), key):
        address = f"http://127.0.0.1:{settings.port + LISTENERS['witness']}{PREFIX}"
        named.write_bytes(Policy((), (Witness(NAME, key, address),), (), NAME).format())


def reads_the_log(settings: Settings) -> bool:
    """It reads the policy in a folder, and none in a bucket."""
    return not settings.tiles.startswith(SCHEME)


def _is_ours(policy: bytes, key: NoteKey) -> bool:
    """Tell if the policy names this witness and nothing else. A policy that can't be read is not ours; the log's writer reports it."""
    try:
        parsed = parse_policy(policy)
    except PolicyError:
        return False
    named = [(each.name, each.key) for each in parsed.witnesses]
    return (parsed.logs, named, parsed.groups, parsed.quorum) == ((), [(NAME, key)], (), NAME)


def arguments(settings: Settings) -> tuple[str, ...]:
    """Of `zi-witness run`: it watches the log of this house, if it can read its policy, and those of the policies that were put into its
    folder `logs`."""
    of_the_house = ("--policy", str(tiles_of(settings) / POLICY)) if reads_the_log(settings) else ()
    watched = (*of_the_house, "--policy", str(folder(settings) / "logs"))
    port = str(settings.port + LISTENERS["witness"])
    return "--data", str(folder(settings)), "--port", port, "--prefix", PREFIX, *watched
