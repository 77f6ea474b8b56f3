"""The lines that a person reads of what a command found, in one of two languages."""

from collections.abc import Iterator, Sequence

from zi_operations import remedies
from zi_operations.examination import Examined
from zi_operations.manifest import BackupManifest
from zi_operations.outcome import OperationStatus
from zi_operations.standing_still import StandingStill
from zi_verify.verdict import Language, Sentence


def of_manifest(manifest: BackupManifest) -> Sentence:
    stores = ", ".join(f"{name} {each.position}" for name, each in manifest.stores.items())
    return Sentence(
        f"{manifest.name}: taken {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC; ledger {manifest.ledger.size} entries; last positions: {stores}",
        f"{manifest.name}: dibuat {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC; buku besar {manifest.ledger.size} entri; posisi terakhir: {stores}",
    )


def lines(examined: Examined, language: Language) -> Iterator[str]:
    """Everything that was found; what is well in a line."""
    for about, sentences in examined.faults.items():
        yield from (f"{about}: {sentence}" for sentence in sentences)
        yield f"  -> {_remedy(about, sentences).render(language)}"
    yield from _missing(examined, language)
    if examined.entries is None:
        yield Sentence(
            "The ledger was not derived again, because the house runs.",
            "Buku besar tidak diturunkan ulang, karena rumah sedang berjalan.",
        ).render(language)
    yield Sentence(
        f"{examined.entries or 0} entries, {examined.messages} messages and {examined.items} sealed items were compared; {examined.erased} are"
        f" erased, {examined.pending} erasures wait for the start of their service; witnesses: {examined.witnesses or 'not asked'}",
        f"{examined.entries or 0} entri, {examined.messages} pesan dan {examined.items} isi tersegel dibandingkan; {examined.erased} sudah dihapus,"
        f" {examined.pending} penghapusan menunggu layanannya dijalankan; saksi: {examined.witnesses or 'tidak ditanya'}",
    ).render(language)
    for service in examined.unsettled:
        yield Sentence(
            f"{service}: personal data is locked, because nobody knows yet who was erased after the backup",
            f"{service}: data pribadi terkunci, karena belum diketahui siapa yang dihapus sesudah cadangan",
        ).render(language)
        yield f"  -> {remedies.ERASURES.render(language)}"


def _missing(examined: Examined, language: Language) -> Iterator[str]:
    if not examined.missing:
        return
    yield Sentence(
        f"{len(examined.missing)} messages were published and are not in the stores:",
        f"{len(examined.missing)} pesan sudah terbit dan tidak ada di penyimpanan:",
    ).render(language)
    yield from (f"  {each}" for each in examined.missing)
    yield f"  -> {remedies.RESTORE.render(language)}"


def of_still(found: Sequence[StandingStill], language: Language) -> Iterator[str]:
    """Parts with the same reason and way out in one line: a server that is away stops every service."""
    parts: dict[tuple[str, Sentence], list[str]] = {}
    for each in found:
        parts.setdefault((each.why, each.remedy), []).append(each.part)
    for (why, remedy), stopped in parts.items():
        yield f"{', '.join(stopped)}: {why}"
        yield f"  -> {remedy.render(language)}"


def outcome_of(examined: Examined) -> OperationStatus:
    """The status of what was found; a fault counts before a loss, and that before what is to be settled."""
    if examined.faults:
        return OperationStatus.FOUND
    if examined.missing:
        return OperationStatus.OLD
    return OperationStatus.UNSETTLED if examined.unsettled else OperationStatus.DONE


def _remedy(about: str, sentences: Sequence[str]) -> Sentence:
    if about == "witnesses":
        return remedies.NEW_ORIGIN
    if about == "ledger":
        return remedies.HOT_COPY if _is_hot_copy(sentences) else remedies.FSCK
    return remedies.RESTORE


def _is_hot_copy(sentences: Sequence[str]) -> bool:
    """Tell whether the published checkpoint is ahead of its tiles and of the database: no order of writing leaves that behind."""
    has_gap = any(each.endswith("is missing.") and "tile/" in each for each in sentences)
    return has_gap and any(
        "is missing from the ledger database" in each or "is nowhere" in each for each in sentences
    )
