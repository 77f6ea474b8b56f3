"""One small change to a whole evidence zip, by somebody without the office's keys, and what the verifier has to name; every change that
can be sealed anew is sealed with a stranger's key as well."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.tlog.sample_evidence import INTAKE_KEY, SALT, SampleCase, pack

from zi_tlog.evidence import BUNDLE_ENTRIES, Manifest, bundle_name, parse_manifest, private_digest
from zi_tlog.note import Signer
from zi_tlog.text import encode_base64
from zi_tlog.tile import decode_bundle, encode_bundle

STRANGER = Signer(INTAKE_KEY.key.name, bytes(32))
Members = dict[str, bytes]


def members(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass(frozen=True)
class Mutation:
    """The changed zip; one of the findings has to contain each of `named`."""

    kind: str
    data: bytes
    named: tuple[str, ...]


class Mutator:
    """Makes mutations of one case, the same ones for the same seed."""

    def __init__(self, case: SampleCase, seed: int) -> None:
        self.whole = pack(case.log, case.private, case.pending)
        self._case = case
        self._members = members(self.whole)
        self._manifest = parse_manifest(self._members["manifest.json"])
        self._random = Random(seed)
        self._kinds: tuple[Callable[[], Mutation], ...] = (
            *(self._remove_entry, self._remove_entry_and_claim, self._add_entry, self._add_claimed_entry),
            *(self._swap_entries, self._edit_entry, self._remove_version, self._claim_another_version),
            *(self._remove_item, self._change_item, self._add_item, self._rename_item),
            *(self._remove_pending, self._edit_pending, self._remove_checkpoint, self._swap_checkpoints),
            *(self._flip_byte_of_tile, self._cut_last_act),
        )

    def mutation(self, number: int) -> Mutation:
        """All kinds take turns."""
        return self._kinds[number % len(self._kinds)]()

    # -- entries

    def _remove_entry(self) -> Mutation:
        index, name, entries, place = self._any_entry()
        del entries[place]
        return self._with("entry removed", {name: encode_bundle(entries)}, f"(entry {index})")

    def _remove_entry_and_claim(self) -> Mutation:
        index = self._random.choice(self._manifest.indexes)
        indexes = tuple(each for each in self._manifest.indexes if each != index)
        files = self._bundles([self._case.log.entries[each] for each in indexes])
        return self._with("entry removed with its claim", files, "manifest.note", indexes=indexes)

    def _add_entry(self) -> Mutation:
        _, name, entries, place = self._any_entry()
        entries.insert(place, self._edited(entries[place]))
        return self._with("entry added", {name: encode_bundle(entries)}, name)

    def _add_claimed_entry(self) -> Mutation:
        """An act of another case, with its true index."""
        others = sorted(set(range(self._case.log.size)) - set(self._manifest.indexes))
        index = self._random.choice(others)
        indexes = tuple(sorted((*self._manifest.indexes, index)))
        files = self._bundles([self._case.log.entries[each] for each in indexes])
        named = (f"(entry {index})", "another case")
        return self._resealed("entry of another case added", files, *named, indexes=indexes)

    def _swap_entries(self) -> Mutation:
        _, name, entries, place = self._any_entry()
        other = self._random.choice([each for each in range(len(entries)) if each != place])
        entries[place], entries[other] = entries[other], entries[place]
        first = self._manifest.indexes[int(name[-3:]) * BUNDLE_ENTRIES + min(place, other)]
        return self._with("entries reordered", {name: encode_bundle(entries)}, f"(entry {first})")

    def _edit_entry(self) -> Mutation:
        """Another time, version, actor or act."""
        index, name, entries, place = self._any_entry()
        entries[place] = self._edited(entries[place])
        return self._with("entry changed", {name: encode_bundle(entries)}, f"(entry {index})")

    def _remove_version(self) -> Mutation:
        """A step in the middle, and everything sealed as if it had never been; one index of each aggregate stays behind it."""
        last = {self._fields(index)["aggregate"]: index for index in self._manifest.indexes}
        index = self._random.choice([each for each in self._manifest.indexes if each not in last.values()])
        fields = self._fields(index)
        indexes = tuple(each for each in self._manifest.indexes if each != index)
        files = self._bundles([self._case.log.entries[each] for each in indexes])
        gone = tuple(item.name for item in self._case.private if item.event_id == fields["id"])
        private = tuple(name for name in self._manifest.private if name not in gone)
        named = f"version {fields['version']} of {fields['aggregate']} is missing"
        return self._resealed("version removed", files, named, without=gone, indexes=indexes, private=private)

    def _claim_another_version(self) -> Mutation:
        aggregate = self._random.choice(sorted(self._manifest.aggregates))
        more = self._random.choice((-1, 1, 7))
        version = self._manifest.aggregates[aggregate] + more
        if version < 1:
            return self._claim_another_version()
        claimed = dict(self._manifest.aggregates) | {aggregate: version}
        return self._resealed("another last version claimed", {}, f"{aggregate}", aggregates=claimed)

    def _cut_last_act(self) -> Mutation:
        """The last act of all, pending or not, is not claimed any more; the seal is the office's."""
        indexes = self._manifest.indexes[:-1]
        files = self._bundles([self._case.log.entries[each] for each in indexes])
        return self._with("last act cut off", files, "manifest.note", indexes=indexes)

    # -- items

    def _remove_item(self) -> Mutation:
        name = self._random.choice(self._manifest.private)
        return self._with("item removed", {}, name, without=(name,))

    def _change_item(self) -> Mutation:
        name = self._random.choice(self._manifest.private)
        item = json.loads(self._members[name])
        field, value = self._random.choice(
            (
                ("plaintext", encode_base64(b"other words")),
                ("salt", encode_base64(bytes(32))),
                ("field", "other"),
                ("digest", private_digest(SALT, b"other words")),
                ("event_id", "another-event"),
            )
        )
        return self._with("item changed", {name: json.dumps(item | {field: value}).encode()}, name)

    def _add_item(self) -> Mutation:
        name = self._random.choice(self._manifest.private)
        added = f"private/added-{self._random.randrange(10**6)}.json"
        return self._with("item added", {added: self._members[name]}, added)

    def _rename_item(self) -> Mutation:
        """The words of one item under the name of another."""
        name, other = self._random.sample(self._manifest.private, 2)
        return self._with("item in the place of another", {name: self._members[other]}, name)

    # -- what is not in the tree, and what the tree rests on

    def _remove_pending(self) -> Mutation:
        name = self._random.choice(self._manifest.pending)
        return self._with("pending act removed", {}, name, without=(name,))

    def _edit_pending(self) -> Mutation:
        name = self._random.choice(self._manifest.pending)
        return self._with("pending act changed", {name: self._edited(self._members[name])}, "promises/")

    def _remove_checkpoint(self) -> Mutation:
        name = f"checkpoints/{self._random.choice(self._manifest.checkpoints)}"
        return self._with("older checkpoint removed", {}, name, without=(name,))

    def _swap_checkpoints(self) -> Mutation:
        first, second = self._random.sample(self._manifest.checkpoints, 2)
        name, other = f"checkpoints/{first}", f"checkpoints/{second}"
        return self._with("older checkpoint replaced", {name: self._members[other]}, name)

    def _flip_byte_of_tile(self) -> Mutation:
        name = self._random.choice(sorted(name for name in self._members if name.startswith("tile/")))
        content = bytearray(self._members[name])
        content[self._random.randrange(len(content))] ^= 1 << self._random.randrange(8)
        return self._with("tile changed", {name: bytes(content)}, "")

    # -- how

    def _any_entry(self) -> tuple[int, str, list[bytes], int]:
        """Index, bundle, the entries of that bundle, and the place among them."""
        number, place = divmod(self._random.randrange(len(self._manifest.indexes)), BUNDLE_ENTRIES)
        indexes = self._manifest.indexes[number * BUNDLE_ENTRIES :][:BUNDLE_ENTRIES]
        name = bundle_name(number)
        return indexes[place], name, decode_bundle(self._members[name], len(indexes)), place

    def _edited(self, message: bytes) -> bytes:
        fields = json.loads(message)
        name, value = self._random.choice(
            (
                ("time", f"2025-11-24T09:{self._random.randrange(60):02d}:00.000000Z"),
                ("version", fields["version"] + 1),
                ("actor", "somebody-else"),
                ("type", "zi.intake.case_withdrawn"),
                ("position", fields["position"] + 1),
            )
        )
        return json.dumps(fields | {name: value}, separators=(",", ":")).encode()

    def _fields(self, index: int) -> Any:
        return json.loads(self._case.log.entries[index])

    def _bundles(self, entries: list[bytes]) -> Members:
        starts = range(0, len(entries), BUNDLE_ENTRIES)
        bundles = [encode_bundle(entries[first : first + BUNDLE_ENTRIES]) for first in starts]
        return {bundle_name(number): bundle for number, bundle in enumerate(bundles)}

    def _with(
        self, kind: str, files: Members, *named: str, without: tuple[str, ...] = (), **claims: Any
    ) -> Mutation:
        """Under the office's own seal."""
        manifest = replace(self._manifest, **claims)
        changed = self._members | files | ({"manifest.json": manifest.format()} if claims else {})
        return Mutation(kind, zipped(self._without(changed, without, manifest)), named)

    def _resealed(
        self, kind: str, files: Members, *named: str, without: tuple[str, ...] = (), **claims: Any
    ) -> Mutation:
        manifest = replace(self._manifest, **claims)
        seal = {
            "manifest.json": manifest.format(),
            "manifest.note": manifest.note(STRANGER),
            "manifest.vkey": STRANGER.key.vkey.encode(),
        }
        changed = self._without(self._members | files | seal, without, manifest)
        return Mutation(f"{kind}, sealed anew", zipped(changed), named)

    @staticmethod
    def _without(files: Members, without: tuple[str, ...], manifest: Manifest) -> Members:
        bundles = {*manifest.bundles}
        return {
            name: data
            for name, data in files.items()
            if name not in without and (not name.startswith("entries/") or name in bundles)
        }
