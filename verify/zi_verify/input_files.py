"""Files named on the command line; an unusable one raises VerifyError with a sentence."""

from pathlib import Path

from zi_tlog.checkpoint import Checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, parse_vkey
from zi_tlog.policy import Policy, parse_policy
from zi_verify.error import VerifyError
from zi_verify.source import unreadable

MAX_INPUT_BYTES = 256 * 1024 * 1024


def read_token(path: Path | None) -> str | None:
    """The bearer token in a file; None where no file is given."""
    if path is None:
        return None
    token = read_input(path).decode("utf-8", "replace").strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise VerifyError(
            f"{path} holds no token: it is one line without spaces.",
            f"{path} tidak memuat token: isinya satu baris tanpa spasi.",
        )
    return token


def read_input(path: Path) -> bytes:
    """The bytes of a file, which is not larger than any evidence."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_INPUT_BYTES + 1)
    except OSError as error:
        raise unreadable(path, error.strerror) from error
    if len(data) > MAX_INPUT_BYTES:
        raise VerifyError(
            f"{path} is larger than any evidence.", f"{path} lebih besar daripada bukti mana pun."
        )
    return data


def write_output(path: Path, data: bytes) -> None:
    """Write a file that the person asked for."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise VerifyError(
            f"{path} can't be written: {error.strerror}.", f"{path} tidak dapat ditulis: {error.strerror}."
        ) from error


def read_policy(path: Path | None) -> Policy | None:
    """The policy in a file; None where no file is given."""
    if path is None:
        return None
    try:
        return parse_policy(read_input(path))
    except LogError as error:
        raise VerifyError(
            f"{path} is not a usable policy: {error}", f"{path} bukan kebijakan yang dapat dipakai: {error}"
        ) from error


def read_checkpoint(path: Path, policy: Policy) -> Checkpoint:
    """The signed checkpoint in a file, if the policy accepts it."""
    try:
        return policy.endorsement(read_input(path)).checkpoint
    except LogError as error:
        raise VerifyError(
            f"{path} is not a checkpoint that the policy accepts: {error}",
            f"{path} bukan checkpoint yang diterima kebijakan: {error}",
        ) from error


def read_key(source: str | None) -> NoteKey | None:
    """The verifier key in a file, or the text itself; None where none is given."""
    if source is None:
        return None
    try:
        path = Path(source)
        text = read_input(path).decode("utf-8", "replace") if path.is_file() else source
        return parse_vkey(text.strip())
    except LogError as error:
        raise VerifyError(
            f"--key {source} is neither a verifier key nor a file with one: {error}",
            f"--key {source} bukan kunci pemeriksa dan bukan berkas yang memuatnya: {error}",
        ) from error
