"""The readers of strangers' bytes: what each may say no with, and what has to be true of what it takes."""

import asyncio
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.intake.sample_files import document, photo, written
from tests.letters.sample_letter import NOW, unsealed
from tests.tlog.sample_evidence import POLICY, SampleCase, pack, promise, sample_zip

from zi_intake.uploads.attachments import AttachmentError, media_type
from zi_intake.uploads.documents import cleaned_document
from zi_intake.uploads.pictures import cleaned_picture
from zi_letters.local_authority import make_authority
from zi_rules.certificate.item_list import parse_items
from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.evidence import parse_manifest, parse_private
from zi_tlog.note import parse_note, parse_vkey
from zi_tlog.policy import parse_policy
from zi_tlog.promise import parse_promise
from zi_tlog.proof import parse_proof
from zi_tlog.tile import decode_bundle, encode_bundle
from zi_tlog.witness import parse_add_checkpoint
from zi_verify.letter_error import LetterFileError
from zi_verify.letter_file import open_letter
from zi_verify.letter_signature import TrustedAuthorities
from zi_verify.receipt import check_receipt

VECTORS = Path(__file__).parents[1] / "tlog" / "vectors"
CORPUS = Path(__file__).parent / "kept"
ITEMS = 'product;hs_code;expires;quantity\nKecap Contoh;21039012;2028-06-01;1200,5\n"a;b";1;x;-1\n'.encode(
    "utf-8-sig"
)


@dataclass(frozen=True)
class Target:
    """`read` ends in a value or in one of `refusals`; whatever else it does is a finding. `seeds` are whole."""

    name: str
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    seeds: Callable[[], Sequence[bytes]]

    def finding(self, data: bytes) -> str | None:
        """Read the bytes; return the fault, if there is one."""
        try:
            self.read(data)
        except self.refusals as refusal:
            return None if str(refusal) else "refused without a sentence"
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return None

    def corpus(self) -> list[bytes]:
        """Inputs that once were findings."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).glob("*"))]


def vectors(*names: str) -> Callable[[], Sequence[bytes]]:
    return lambda: [(VECTORS / name).read_bytes() for name in names]


def text_of(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "replace"))


def bundle(data: bytes) -> None:
    """A bundle that is read is written back byte for byte."""
    entries = decode_bundle(data, 2)
    assert encode_bundle(entries) == data


def written_again(parse: Callable[[bytes], Any]) -> Callable[[bytes], None]:
    """Make a target: a parsed value that is written is read as the same value."""

    def read(data: bytes) -> None:
        value = parse(data)
        assert parse(value.format()) == value

    return read


@cache
def seeds_of_evidence() -> tuple[bytes, ...]:
    return (sample_zip(3),)


@cache
def manifests() -> tuple[bytes, ...]:
    case = SampleCase(4)
    with zipfile.ZipFile(io.BytesIO(pack(case.log, case.private, case.pending))) as archive:
        return (archive.read("manifest.json"),)


@cache
def items_kept() -> tuple[bytes, ...]:
    with zipfile.ZipFile(io.BytesIO(sample_zip(3))) as archive:
        return tuple(archive.read(name) for name in archive.namelist() if name.startswith("private/"))[:2]


def checkpoints() -> Sequence[bytes]:
    return [parse_note((VECTORS / "behind_the_sofa.checkpoint").read_bytes()).text.encode()]


@cache
def promises() -> tuple[bytes, ...]:
    case = SampleCase(4)
    return tuple(promise(message).partition(b"\n\n")[0] + b"\n" for message in case.pending[:1])


@cache
def letters() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        seal = make_authority("Otoritas Contoh", NOW).make_seal("Balai POM Contoh", NOW)
        return (asyncio.run(seal.sign(unsealed(Path(folder)))),)


def picture(data: bytes) -> None:
    kind = media_type(data)
    if kind is not None and kind.startswith("image/"):
        cleaned_kind, cleaned = cleaned_picture(data, kind)
        assert media_type(cleaned) == cleaned_kind


def pdf(data: bytes) -> None:
    """A cleaned document is clean: nothing is left to run, and it can be cleaned again."""
    _, cleaned = cleaned_document(data)
    assert b"/JavaScript" not in cleaned
    assert b"/OpenAction" not in cleaned
    cleaned_document(cleaned)


TARGETS = (
    Target(
        "note",
        written_again(parse_note),
        (LogError,),
        vectors("go_note.txt", "quasimodo.note", "behind_the_sofa.checkpoint"),
    ),
    Target("key", text_of(parse_vkey), (LogError,), lambda: [POLICY.logs[0].key.vkey.encode()]),
    Target("checkpoint", text_of(parse_checkpoint), (LogError,), checkpoints),
    Target(
        "policy", written_again(parse_policy), (LogError,), vectors("three_entries.policy", "x_and_y.policy")
    ),
    Target("proof", written_again(parse_proof), (LogError,), vectors("three_entries.tlog-proof")),
    Target(
        "witness", written_again(parse_add_checkpoint), (LogError,), vectors("behind_the_sofa.add-checkpoint")
    ),
    Target("promise", text_of(parse_promise), (LogError,), promises),
    Target("manifest", written_again(parse_manifest), (LogError,), manifests),
    Target("private", lambda data: parse_private("private/i.json", data), (LogError,), items_kept),
    Target("bundle", bundle, (LogError,), lambda: [encode_bundle([b"abc", b""])]),
    Target("evidence", lambda data: check_receipt(data, POLICY), (LogError,), seeds_of_evidence),
    Target("items", parse_items, (), lambda: [ITEMS]),
    Target("picture", picture, (AttachmentError,), lambda: [photo(form) for form in ("JPEG", "PNG", "WEBP")]),
    Target("pdf", pdf, (AttachmentError,), lambda: [written(document(2)), *letters()]),
    Target(
        "letter", lambda data: open_letter(data, TrustedAuthorities(None, None)), (LetterFileError,), letters
    ),
)
