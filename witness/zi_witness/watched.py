"""The logs that this witness watches, by their configured keys: vkeys, and tlog-policy files that are read again when they change."""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from zi_tlog.error import LogError
from zi_tlog.note import Verifier, parse_vkey
from zi_tlog.policy import Log, parse_policy
from zi_witness.error import OperatorError

logger = logging.getLogger(__name__)
Made = tuple[int, int, int]


class Watched:
    """`vkeys` hold for the life of the process; of each policy only the `log` lines count. A policy may be a file that is not there
    yet, or a folder of such files. If a file can't be read any more, its last content stays in force."""

    def __init__(self, vkeys: Sequence[str], policies: Sequence[Path]) -> None:
        try:
            self._logs = [Log(Verifier(parse_vkey(vkey)).key) for vkey in vkeys]
        except LogError as error:
            raise OperatorError(f"--log: {error}") from error
        self._policies = policies
        self._read: dict[Path, tuple[Made, list[Log]]] = {}
        for path in self._files():
            self._read[path] = _made(path), _policy(path)

    def keys(self, origin: str) -> list[Verifier]:
        """The keys that are trusted for this origin, none for a log that is not watched."""
        return self.logs().get(origin, [])

    def logs(self) -> dict[str, list[Verifier]]:
        """All watched logs by origin."""
        found: defaultdict[str, list[Verifier]] = defaultdict(list)
        for log in (*self._logs, *self._from_policies()):
            verifier = Verifier(log.key)
            if verifier not in found[log.key.name]:
                found[log.key.name].append(verifier)
        return dict(found)

    def _from_policies(self) -> Iterator[Log]:
        for path in self._files():
            yield from self._again(path)

    def _again(self, path: Path) -> list[Log]:
        before, logs = self._read.get(path, (None, []))
        try:
            made = _made(path)
            if made != before:
                logs = _policy(path)
                self._read[path] = made, logs
        except (OSError, OperatorError) as error:
            logger.warning("%s; the logs that it named before are still watched.", error)
        return logs

    def _files(self) -> Iterator[Path]:
        for path in self._policies:
            if path.is_dir():
                yield from sorted(file for file in path.iterdir() if file.is_file())
            elif path.exists():
                yield path


def _policy(path: Path) -> list[Log]:
    try:
        return list(parse_policy(path.read_bytes()).logs)
    except LogError as error:
        raise OperatorError(f"{path}: {error}") from error


def _made(path: Path) -> Made:
    status = path.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
