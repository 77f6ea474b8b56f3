"""The file of the last cosignatures, kept beside the witness's folder and never in the same backup. A restored folder knows less than this
file, so a restore is noticed. The file is written before a cosignature is given out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zi_witness.error import OperatorError
from zi_witness.folder import write_whole

_FIELDS = {"vkey", "signed", "checkpoints"}


@dataclass(frozen=True)
class Signed:
    """The number of cosignatures made, and the last cosigned checkpoint of each log."""

    count: int
    checkpoints: tuple[bytes, ...] = ()


def beside(folder: Path) -> Path:
    """The default path of the file: beside the folder, so that a restore of the folder does not touch it."""
    whole = folder.absolute()
    return whole.with_name(f"{whole.name}.last-signed")


class LastSigned:
    """The file of the witness with this vkey."""

    def __init__(self, path: Path, vkey: str) -> None:
        self.path = path
        self._vkey = vkey

    def read(self) -> Signed | None:
        """None when there is no file; raises OperatorError when it is another's or none."""
        try:
            fields = json.loads(self.path.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise self._unusable() from error
        if not isinstance(fields, dict) or fields.keys() != _FIELDS or fields["vkey"] != self._vkey:
            raise self._unusable()
        return Signed(int(fields["signed"]), tuple(str(note).encode() for note in fields["checkpoints"]))

    def write(self, count: int, checkpoints: Sequence[bytes]) -> None:
        """On disk when this returns."""
        fields = {
            "vkey": self._vkey,
            "signed": count,
            "checkpoints": [note.decode() for note in checkpoints],
        }
        write_whole(self.path, json.dumps(fields, indent=1).encode())

    def _unusable(self) -> OperatorError:
        return OperatorError(f"{self.path} is not the file of what this witness signed last.")
