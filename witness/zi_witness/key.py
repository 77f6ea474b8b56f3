"""The witness's key: made once, after the record that it vouches with, and of no use without that record."""

import secrets
from pathlib import Path

from zi_tlog.cosignature import Cosigner
from zi_tlog.error import LogError
from zi_tlog.text import decode_base64, encode_base64
from zi_witness.error import OperatorError
from zi_witness.folder import locked, write_whole
from zi_witness.record import WitnessRecord, make_record

KEY = "key"


def make_key(folder: Path, name: str, last_signed: Path | None = None) -> Cosigner:
    """The key in `folder`, made at the first call together with the file apart; it keeps its name for ever."""
    if not (folder / KEY).exists():
        _make(folder, name, last_signed)
    cosigner = load_key(folder)
    if cosigner.key.name != name:
        raise OperatorError(
            f"The key in {folder} is named {cosigner.key.name}. Another name needs another folder."
        )
    return cosigner


def load_key(folder: Path) -> Cosigner:
    """The key in `folder`; a damaged one signs nothing."""
    try:
        vkey, seed = (folder / KEY).read_text().splitlines()
        cosigner = Cosigner(vkey.partition("+")[0], decode_base64(seed))
    except FileNotFoundError:
        raise OperatorError(
            f"There is no key in {folder}. Make one: zi-witness key --data {folder} --name NAME"
        ) from None
    except ValueError as error:
        raise OperatorError(f"The key in {folder} can't be read: {error}") from error
    if cosigner.key.vkey != vkey:
        raise OperatorError(f"The key in {folder} is damaged: its two lines do not fit each other.")
    return cosigner


def _make(folder: Path, name: str, last_signed: Path | None) -> None:
    # The record comes first: a key without one is a witness that forgot what it signed, and run refuses it.
    seed = secrets.token_bytes(32)
    try:
        cosigner = Cosigner(name, seed)
    except LogError as error:
        raise OperatorError(str(error)) from error
    with locked(folder):
        if not (folder / KEY).exists():  # another process may have made one just now
            make_record(folder)
            write_whole(folder / KEY, f"{cosigner.key.vkey}\n{encode_base64(seed)}\n".encode())
            WitnessRecord(folder, cosigner, lambda: 0, last_signed).close()
