"""Sum up the configurations of the senders of a log, and versions that mean two things. These are statements of the senders, so they are
printed and never judged: an entry proves when it was stated, not that it was followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from zi_verify.verdict import Sentence, plain

ADOPTED, WITHDRAWN = ".configuration_adopted", ".configuration_withdrawn"
CONFIGURING = (ADOPTED, WITHDRAWN)  # how the types of these entries end, whoever sends them
_PRINTED = 20


class ConfigurationVersion(NamedTuple):
    """One version of a configuration, as one sender has it."""

    source: str
    kind: str
    id: str
    version: int


class Use(NamedTuple):
    """The digest of its content, whether it is in use, and whether it may have been before its first entry."""

    digest: str
    is_in_use: bool
    is_older: bool


@dataclass
class AdoptedConfigurations:
    """Takes the entries of these types in the log's order; `changed` are versions that a sender adopted with two contents."""

    uses: dict[ConfigurationVersion, Use] = field(default_factory=dict)
    changed: set[ConfigurationVersion] = field(default_factory=set)

    def take(self, source: str, type_: str, data: object) -> None:
        """Take in an entry; an entry without a version is ignored."""
        fields = data if isinstance(data, dict) else {}
        key = ConfigurationVersion(
            source, _text(fields, "kind"), _text(fields, "id"), _number(fields, "version")
        )
        digest = _text(fields, "digest")
        if not (key.kind and key.id and key.version and digest):
            return
        known = self.uses.get(key)
        if known is not None and known.digest != digest:
            self.changed.add(key)
        is_older = fields.get("since") == "unknown" if known is None else known.is_older
        self.uses[key] = Use(digest, type_.endswith(ADOPTED), is_older)

    def copied(self) -> "AdoptedConfigurations":
        return AdoptedConfigurations(dict(self.uses), set(self.changed))

    def pack(self) -> list[Any]:
        """As JSON has it; `unpack` gives the same back."""
        return [[[*key, *use] for key, use in self.uses.items()], [list(key) for key in self.changed]]

    @classmethod
    def unpack(cls, packed: Any) -> "AdoptedConfigurations":
        """Raises TypeError or ValueError for what was not packed."""
        uses, changed = packed
        return cls(
            {ConfigurationVersion(*row[:4]): Use(*row[4:]) for row in uses},
            {ConfigurationVersion(*row) for row in changed},
        )

    def remarks(self) -> Iterator[Sentence]:
        """Say how many configurations each sender uses, and what should not be so; nothing, where no sender says anything."""
        if not self.uses:
            return
        yield self._counts()
        odd = [*self._changed(), *self._different(), *self._apart()]
        yield from odd[:_PRINTED]
        if len(odd) > _PRINTED:
            more = len(odd) - _PRINTED
            yield Sentence(f"And {more} of these more.", f"Dan {more} hal seperti ini lagi.")

    def _counts(self) -> Sentence:
        in_use = [key for key, use in self.uses.items() if use.is_in_use]
        senders = sorted({key.source for key in self.uses})
        counts = ", ".join(
            f"{_service(source)} {sum(key.source == source for key in in_use)}" for source in senders
        )
        older = sum(use.is_older for use in self.uses.values())
        since = (
            f"; {older} may have been in force before they were recorded",
            f"; {older} mungkin sudah berlaku sebelum dicatat",
        )
        en, id = since if older else ("", "")
        return Sentence(
            f"The senders say what they decide by: {counts} configurations in use, {len(self.uses)} recorded{en}.",
            f"Para pengirim menyatakan dasar keputusannya: {counts} konfigurasi berlaku, {len(self.uses)} tercatat{id}.",
        )

    def _changed(self) -> Iterator[Sentence]:
        for key in sorted(self.changed):
            name, service = _name(*key[1:]), _service(key.source)
            yield Sentence(
                f"{service} recorded {name} with two contents: it was changed under its version.",
                f"{service} mencatat {name} dengan dua isi: isinya diubah tanpa versi baru.",
            )

    def _different(self) -> Iterator[Sentence]:
        # One version of one configuration, whoever says it.
        contents: dict[tuple[str, str, int], dict[str, str]] = {}
        for key, use in sorted(self.uses.items()):
            contents.setdefault(key[1:], {})[key.source] = use.digest
        for version, by_sender in contents.items():
            if len(set(by_sender.values())) > 1:
                name, who = _name(*version), ", ".join(map(_service, by_sender))
                yield Sentence(
                    f"{name} has not the same content at {who}.", f"Isi {name} tidak sama di {who}."
                )

    def _apart(self) -> Iterator[Sentence]:
        # One configuration of which two senders use other versions: somebody was not restarted.
        used: dict[tuple[str, str], dict[str, set[int]]] = {}
        for key, use in sorted(self.uses.items()):
            if use.is_in_use:
                used.setdefault((key.kind, key.id), {}).setdefault(key.source, set()).add(key.version)
        for (kind, id), by_sender in used.items():
            if len({frozenset(versions) for versions in by_sender.values()}) > 1:
                who = ", ".join(
                    f"{_service(source)} {'+'.join(map(str, sorted(versions)))}"
                    for source, versions in by_sender.items()
                )
                yield Sentence(
                    f"{plain(kind)} {plain(id)} is used in different versions: {who}.",
                    f"{plain(kind)} {plain(id)} dipakai dalam versi yang berbeda: {who}.",
                )


def _name(kind: str, id: str, version: int) -> str:
    return f"{plain(kind)} {plain(id)} version {version}"


def _service(source: str) -> str:
    return plain(source.rpartition("/")[2])


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _number(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    return value if type(value) is int else 0
