"""The files in which a promise is checked: the answer to a filing, the note alone, or the text that proves a broken promise.

That text begins with its name and an explanation for people. Four parts are checked, each a line `<name>:` and the lines of the part,
each of them after `| `: `promise.vkey`, `promise`, `policy` (tlog-policy), and `checkpoint`, the signed tree that lacks the leaf."""

import json
import re
from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, parse_vkey
from zi_tlog.policy import Policy, parse_policy
from zi_tlog.text import decode_utf8

_NAME = "zona/broken-promise/v1"
_PARTS = ("promise.vkey", "promise", "policy", "checkpoint")
_FOR_PEOPLE = """\
[id] Berkas ini membuktikan janji yang dilanggar. Kantor menandatangani janji di bawah ini: paling lambat pada waktu di baris `by`,
  pesan dengan hash di baris `leaf` ada dalam catatan publiknya. Sesudah waktu itu para saksi menandatangani pohon di bawah ini,
  dan hash itu tidak ada di dalamnya. Siapa pun dapat memeriksanya lagi dengan ubin catatan itu, dari salinan mana pun:
    zi-verify promise BERKAS-INI --log URL|FOLDER|ZIP --key KUNCI --policy KEBIJAKAN
  Bandingkan kedua kunci dengan maklumat pelayanan yang tercetak, dan kunci para saksi dengan saksi itu sendiri.

[en] This file proves a broken promise. The office signed the promise below: at the time in the line `by` at the latest, the message
  whose hash is in the line `leaf` is in its public record. After that time the witnesses signed the tree below, and the hash is not
  in it. Anybody can check that again with the tiles of the record, from any copy of them:
    zi-verify promise THIS-FILE --log URL|FOLDER|ZIP --key KEY --policy POLICY
  Compare both keys with the printed service charter (maklumat), and the keys of the witnesses with the witnesses themselves.
"""


class PromiseFileError(LogError):
    """A file in which there is no promise."""


@dataclass(frozen=True)
class BrokenPromise:
    """A promise and a tree without its leaf: the note and the checkpoint as they were signed, the key and the policy."""

    key: NoteKey
    promise: bytes
    policy: Policy
    checkpoint: bytes

    def format(self) -> bytes:
        """The text for people and programs; parse_broken_promise gives the same parts back."""
        parts = (f"{self.key.vkey}\n".encode(), self.promise, self.policy.format(), self.checkpoint)
        sections = [f"{name}:\n{_barred(part)}" for name, part in zip(_PARTS, parts, strict=True)]
        return "\n".join([_NAME, "", _FOR_PEOPLE, *sections]).encode("utf-8", "surrogateescape")


def parse_broken_promise(data: bytes) -> BrokenPromise:
    """The parts of the text; nothing is verified yet, and text between the parts is ignored."""
    text = data.decode("utf-8", "surrogateescape")
    key, promise, policy, checkpoint = (_part(name, text) for name in _PARTS)
    vkey = parse_vkey(decode_utf8(key, "part promise.vkey").removesuffix("\n"))
    return BrokenPromise(vkey, promise, parse_policy(policy), checkpoint)


def read_promise(data: bytes) -> bytes | BrokenPromise:
    """The promise's note (from JSON with a member `promise`, or alone), or the parts of the text that shows a broken one."""
    text = _tidy(data)
    if text.startswith(f"{_NAME}\n".encode()):
        return parse_broken_promise(text)
    return _tidy(_of_answer(text)) if text.startswith(b"{") else text


def _tidy(data: bytes) -> bytes:
    # Out of a mail or an editor: a mark at the beginning, other ends of lines, blank space around. The signature covers none of it.
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").strip() + b"\n"


def _of_answer(data: bytes) -> bytes:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise PromiseFileError("The file is neither a promise nor the JSON that holds one.") from error
    promise = answer.get("promise")
    if not isinstance(promise, str):
        raise PromiseFileError("The answer in this file carries no promise.")
    return promise.encode("utf-8", "surrogatepass")


def _part(name: str, text: str) -> bytes:
    found = re.findall(rf"^{re.escape(name)}:\n((?:\|[^\n]*\n)+)", text, re.MULTILINE)
    if len(found) != 1:
        raise PromiseFileError(f"The text has not exactly one part {name}.")
    lines = found[0].split("\n")[:-1]
    return "".join(f"{line[1:].removeprefix(' ')}\n" for line in lines).encode("utf-8", "surrogateescape")


def _barred(part: bytes) -> str:
    lines = part.decode("utf-8", "surrogateescape").split("\n")[:-1]
    return "".join(f"| {line}\n" if line else "|\n" for line in lines)
