"""The acts of one case as read from its entries, and the checks over all of them: one office, one case, versions without gaps in the
order of the log, each sender's chain. Missing acts are named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from zi_tlog.erasure import ErasureStep
from zi_tlog.evidence import REGISTERED
from zi_tlog.tree import leaf_hash
from zi_verify.message import VaultRef, parse_place, vault_refs
from zi_verify.verdict import CheckFinding, Sentence

_TIMES = ("time", "recordedtime")


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One message of the case; `index` is its place in the log, None while it is in no tree yet; `file` the member that it came in; `leaf`
    and `digest` (hex) are its leaf hash and the SHA-256 of its bytes."""

    file: str
    index: int | None
    leaf: bytes
    digest: str
    id: str
    source: str
    type: str
    aggregate: str
    previous: str
    position: int
    version: int
    subject: str
    actor: str
    role: str
    asked_by: str
    times: Mapping[str, Any]
    refs: tuple[VaultRef, ...]

    @property
    def place(self) -> str:
        """The name of the act in a finding."""
        return self.file if self.index is None else f"entry {self.index}"

    @property
    def office(self) -> str:
        return self.source.rpartition("/")[0]

    @property
    def service(self) -> str:
        return self.source.rpartition("/")[2]

    @property
    def erasure_step(self) -> ErasureStep:
        """The fields that the rule of erasures needs."""
        place = self.type, self.source, self.subject, self.aggregate, self.version
        return ErasureStep(*place, self.actor, self.role, self.asked_by)

    def finding(self, en: str, id: str) -> CheckFinding:
        return CheckFinding(self.file, Sentence(en, id), self.index)


def read_act(file: str, index: int | None, message: bytes) -> CaseAct:
    """The act in a message; what is no message of the house raises MessageError."""
    (id_, source, type_, aggregate, previous, position, version), fields = parse_place(message)
    data = fields.get("data")
    times = {name: fields[name] for name in _TIMES if name in fields}
    return CaseAct(
        file=file,
        index=index,
        leaf=leaf_hash(message),
        digest=sha256(message).hexdigest(),
        id=id_,
        source=source,
        type=type_,
        aggregate=aggregate,
        previous=previous,
        position=position,
        version=version,
        subject=str(fields.get("subject", "")),
        actor=str(fields.get("actor", "")),
        role=str(fields.get("actorrole", "")),
        asked_by=str(data.get("asked_by", "")) if isinstance(data, dict) else "",
        times=times,
        refs=tuple(vault_refs(data)),
    )


def strangers(acts: Iterable[CaseAct], case: str, services: Iterable[str]) -> Iterator[CheckFinding]:
    """Acts of another case or office, or of a service that the manifest does not name, or of a type that is another's to say."""
    known, office = set(services), None
    for act in acts:
        office = act.office if office is None else office
        if act.subject != case:
            yield act.finding(
                f"it is about another case ({act.subject})", f"pesan ini tentang kasus lain ({act.subject})"
            )
        if act.office != office:
            yield act.finding(
                f"it is of another office ({act.office})", f"pesan ini dari kantor lain ({act.office})"
            )
        elif act.service not in known:
            yield act.finding(
                f"the manifest does not name its service ({act.service})",
                f"manifest tidak menyebut layanannya ({act.service})",
            )
        if not act.type.startswith(f"zi.{act.service}."):
            yield act.finding(
                f"its type is another service's to say ({act.type})",
                f"jenisnya adalah milik layanan lain ({act.type})",
            )


def gaps(acts: Iterable[CaseAct], claimed: Mapping[str, int] | None) -> Iterator[CheckFinding]:
    """Find missing versions, from 1 to the last one that is `claimed` for each aggregate (or present, where nothing is claimed), and
    versions out of order; `acts` come in the order of the log."""
    last: dict[str, int] = {}
    for act in acts:
        if act.type in REGISTERED:
            last[act.aggregate] = max(last.get(act.aggregate, 0), act.version)
            continue
        expected = last.get(act.aggregate, 0) + 1
        if act.version < expected:
            yield act.finding(
                f"version {act.version} of {act.aggregate} stands after version {expected - 1}",
                f"versi {act.version} dari {act.aggregate} berada setelah versi {expected - 1}",
            )
            continue
        if act.version > expected:
            yield _missing(act.file, act.aggregate, expected, act.version - 1)
        last[act.aggregate] = act.version
        if claimed is not None and act.version > claimed.get(act.aggregate, 0):
            yield act.finding(
                f"the manifest does not claim version {act.version} of {act.aggregate}",
                f"manifest tidak menyatakan versi {act.version} dari {act.aggregate}",
            )
    for aggregate, version in (claimed or {}).items():
        if version > last.get(aggregate, 0):
            yield _missing("manifest.json", aggregate, last.get(aggregate, 0) + 1, version)


def breaks(acts: Iterable[CaseAct]) -> Iterator[CheckFinding]:
    """Find messages of a sender that do not follow each other. Between two messages that are not neighbours there may be messages of
    other cases."""
    before: dict[str, CaseAct] = {}
    events: dict[str, CaseAct] = {}
    for act in acts:
        same = events.setdefault(act.id, act)
        if same is not act:
            yield act.finding(
                f"the event {act.id} is in the zip twice", f"peristiwa {act.id} ada dua kali dalam zip"
            )
        earlier = before.get(act.source)
        if earlier is not None and act.position <= earlier.position:
            yield act.finding(
                f"message {act.position} of {act.source} stands after message {earlier.position}",
                f"pesan {act.position} dari {act.source} berada setelah pesan {earlier.position}",
            )
            continue
        if earlier is not None and act.position == earlier.position + 1 and act.previous != earlier.digest:
            yield act.finding(
                "it does not name the hash of its sender's message before it",
                "pesan ini tidak menyebut hash pesan pengirimnya yang sebelumnya",
            )
        before[act.source] = act


def _missing(file: str, aggregate: str, first: int, last: int) -> CheckFinding:
    which = str(first) if first == last else f"{first}-{last}"
    en, id = f"version {which} of {aggregate} is missing", f"versi {which} dari {aggregate} tidak ada"
    return CheckFinding(file, Sentence(en, id))
