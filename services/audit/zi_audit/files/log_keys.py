"""Name and keys of the log: while a key is being replaced both sign, the public halves of all keys that ever signed stay known, and a seed
that is not needed any more is destroyed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from zi_audit.files.tile_folder import ORIGINS, TileFolder
from zi_chassis.secret_file import sync_folder
from zi_chassis.settings import Settings
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, Signer, Verifier, parse_vkey

KEY = "log-key"
NEXT = "log-key.next"
ORIGIN = "origin"
OVERLAP = "key-overlap"
RETIRED = "retired-keys"
FORMER = "keys"


class RotationError(Exception):
    """A key can't be replaced or retired now; the message says why and what to do."""


@dataclass(frozen=True)
class LogKeys:
    """`successor` signs beside `signer` until `until` at least; `retired` signed before; `earlier` are the keys of the logs that this
    one continues."""

    signer: Signer
    successor: Signer | None = None
    until: date | None = None
    retired: tuple[NoteKey, ...] = ()
    earlier: tuple[NoteKey, ...] = ()

    @property
    def origin(self) -> str:
        return self.signer.key.name

    @property
    def signers(self) -> tuple[Signer, ...]:
        return (self.signer,) if self.successor is None else (self.signer, self.successor)

    @cached_property
    def verifiers(self) -> tuple[Verifier, ...]:
        """Of the keys that sign now."""
        return tuple(signer.verifier for signer in self.signers)

    @cached_property
    def known(self) -> tuple[Verifier, ...]:
        """Of every key that may have signed this log, oldest first."""
        return tuple(
            map(Verifier, dict.fromkeys((*self.retired, *(verifier.key for verifier in self.verifiers))))
        )


def keys_of(settings: Settings) -> LogKeys:
    """Return the name and keys in the writer's folder; the first key is made at the first start."""
    folder = TileFolder(settings.folder)
    origin = _text(folder, ORIGIN) or settings.log_origin
    until = _text(folder, OVERLAP)
    follows = (_secrets(settings) / NEXT).exists()
    return LogKeys(
        signer=Signer(origin, settings.secret(KEY)),
        successor=Signer(origin, settings.secret(NEXT)) if follows else None,
        until=date.fromisoformat(until) if follows and until else None,
        retired=tuple(_keys(folder, RETIRED)),
        earlier=tuple(key for number in _origins(settings) for key in _keys(folder, f"{number}/{FORMER}")),
    )


def rotate(settings: Settings, until: date) -> LogKeys:
    """Makes the key that follows; from the next start of the writer on both sign."""
    keys = keys_of(settings)
    if keys.successor is not None:
        raise RotationError(
            "A key is being replaced already; retire the old one first with zi-audit retire-key."
        )
    TileFolder(settings.folder).replace(OVERLAP, f"{until.isoformat()}\n".encode())
    settings.secret(NEXT)
    return keys_of(settings)


def retire(settings: Settings, today: date, *, early: bool = False) -> LogKeys:
    """Destroys the old key's seed: only the one that followed signs from now on."""
    keys, folder = keys_of(settings), TileFolder(settings.folder)
    if keys.successor is None:
        raise RotationError("No key is being replaced; start with zi-audit rotate-key.")
    if keys.until is not None and today < keys.until and not early:
        raise RotationError(
            f"Both keys were promised to sign until {keys.until}: wait, or add --early if the old one was stolen."
        )
    folder.replace(RETIRED, listed((*keys.retired, keys.signer.key)))
    (_secrets(settings) / NEXT).replace(_secrets(settings) / KEY)
    sync_folder(_secrets(settings))
    (settings.folder / OVERLAP).unlink()
    return keys_of(settings)


def listed(keys: Iterable[NoteKey]) -> bytes:
    """One vkey a line, each once."""
    return "".join(f"{key.vkey}\n" for key in dict.fromkeys(keys)).encode()


def read_keys(content: bytes) -> list[NoteKey]:
    """The keys of such a list; raises LogError when it is none."""
    try:
        return [parse_vkey(line) for line in content.decode().splitlines()]
    except UnicodeDecodeError as error:
        raise LogError("This is not a list of keys.") from error


def _keys(folder: TileFolder, name: str) -> list[NoteKey]:
    return read_keys(folder.read(name) or b"")


def _text(folder: TileFolder, name: str) -> str:
    return (folder.read(name) or b"").decode().strip()


def _secrets(settings: Settings) -> Path:
    return settings.folder / "secrets"


def _origins(settings: Settings) -> list[str]:
    """The folders of the logs before this one, oldest first."""
    numbers = (path.name for path in (settings.folder / ORIGINS).glob("*") if path.name.isdecimal())
    return [f"{ORIGINS}/{number}" for number in sorted(numbers, key=int)]
