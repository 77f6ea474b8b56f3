"""The difference between two versions of a standard, by what is promised: periods, documents, fees and texts. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from zi_integrity.domain.standard.terms import table_of
from zi_rules.standard import Component
from zi_rules.standard_draft import period_in_words

PROCESS = {
    "acknowledge": ("Tanda terima", "Acknowledgement"),
    "citizen_completes": ("Melengkapi data", "Completing the data"),
    "silence_closes": ("Ditutup bila tidak ada jawaban", "Closing without an answer"),
    "reopen": ("Membuka kembali", "Reopening"),
}
Bilingual = tuple[str, str]  # Indonesian and English
PART_OF = {
    **dict.fromkeys(("tiers", "first_tier", "process"), Component.JANGKA_WAKTU.value),
    "documents": Component.PERSYARATAN.value,
    "fees": Component.BIAYA.value,
}


@dataclass(frozen=True)
class PeriodChange:
    """Amount and unit before and after; None where there was or is none."""

    title: Bilingual
    before: tuple[int, str] | None
    after: tuple[int, str] | None


@dataclass(frozen=True)
class FeeChange:
    track: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class DocumentChange:
    text: Bilingual
    is_added: bool


@dataclass(frozen=True)
class TextChange:
    """A component whose words changed in a language."""

    component: str
    before: Bilingual
    after: Bilingual


StandardChange = PeriodChange | FeeChange | DocumentChange | TextChange


def differences(before: str, after: str) -> tuple[StandardChange, ...]:
    """List every difference that a reader is told of, the periods first."""
    old, new = table_of(before), table_of(after)
    return (*_periods(old, new), *_fees(old, new), *_documents(old, new), *_texts(old, new))


def changed_components(before: str, after: str) -> tuple[str, ...]:
    """Name the components that differ in any way, in their usual order; a part that belongs to none of them is named itself."""
    old, new = table_of(before), table_of(after)
    differing = [
        name for name in dict.fromkeys((*old, *new)) if (old.get(name) or None) != (new.get(name) or None)
    ]
    binding = {PART_OF.get(name, name) for name in differing} - {"components", "decree_title"}
    stated = (old.get("components") or {}, new.get("components") or {})
    texts = {
        part.value
        for part in Component
        if _words(stated[0].get(part.value)) != _words(stated[1].get(part.value))
    }
    known = [part.value for part in Component]
    return (*(name for name in known if name in binding | texts), *sorted(binding - set(known)))


def sentence(change: StandardChange, names: Mapping[str, Bilingual]) -> Bilingual:
    """Say a change in Indonesian and in English; `names` are those of the components."""
    match change:
        case PeriodChange():
            return _period_sentence(change)
        case FeeChange(track, before, after):
            return (
                f"Biaya {track}: {before or 'tidak ada'} menjadi {after or 'tidak ada'}.",
                f"Fee of {track}: from {before or 'none'} to {after or 'none'}.",
            )
        case DocumentChange(text, is_added):
            if is_added:
                return f"Dokumen baru yang diminta: {text[0]}.", f"A document is asked for now: {text[1]}."
            return (
                f"Dokumen yang tidak diminta lagi: {text[0]}.",
                f"A document is not asked for any more: {text[1]}.",
            )
        case TextChange(component, before, after):
            name = names[component]
            return (
                f"{name[0]}: “{before[0] or '–'}” menjadi “{after[0] or '–'}”.",
                f"{name[1]}: “{before[1] or '–'}” becomes “{after[1] or '–'}”.",
            )
        case _:
            assert_never(change)


def _period_sentence(change: PeriodChange) -> Bilingual:
    before, after = (
        ("tidak ada", "none") if each is None else period_in_words(*each)
        for each in (change.before, change.after)
    )
    return (
        f"{change.title[0]}: {before[0]} menjadi {after[0]}.",
        f"{change.title[1]}: from {before[1]} to {after[1]}.",
    )


def stated_periods(table: Mapping[str, Any]) -> dict[str, tuple[Bilingual, tuple[int, str]]]:
    """Return title, amount and unit of each period, by its place in the terms: `tiers.normative`."""
    periods = {
        f"tiers.{name}": ((tier["title"]["id"], tier["title"]["en"]), tier["period"])
        for name, tier in table.get("tiers", {}).items()
    } | {
        f"process.{name}": (PROCESS[name], term["period"])
        for name, term in (table.get("process") or {}).items()
    }
    return {place: (title, (each["amount"], each["unit"])) for place, (title, each) in periods.items()}


def stated_fees(table: Mapping[str, Any]) -> dict[str, str]:
    """Say each fee in rupiah, by its track."""
    return {track: _amount(fee) for track, fee in table.get("fees", {}).items()}


def stated_documents(table: Mapping[str, Any]) -> dict[str, Bilingual]:
    """Return the names of the documents that are asked for, by their codes."""
    return {
        code: (text["id"], text["en"])
        for documents in table.get("documents", {}).values()
        for document in documents
        for code, text in document["any_of"].items()
    }


def _periods(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[PeriodChange]:
    before, after = stated_periods(old), stated_periods(new)
    for place in dict.fromkeys((*before, *after)):
        pair = before.get(place), after.get(place)
        amounts = [None if each is None else each[1] for each in pair]
        title = (pair[1] or pair[0] or (("", ""), None))[0]
        if amounts[0] != amounts[1]:
            yield PeriodChange(title, amounts[0], amounts[1])


def _fees(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FeeChange]:
    before, after = stated_fees(old), stated_fees(new)
    for track in dict.fromkeys((*before, *after)):
        if before.get(track) != after.get(track):
            yield FeeChange(track, before.get(track), after.get(track))


def _documents(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[DocumentChange]:
    before, after = stated_documents(old), stated_documents(new)
    yield from (DocumentChange(text, is_added=True) for code, text in after.items() if code not in before)
    yield from (DocumentChange(text, is_added=False) for code, text in before.items() if code not in after)


def _texts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[TextChange]:
    for part in Component:
        before, after = (_words(table.get("components", {}).get(part.value)) for table in (old, new))
        if before != after:
            yield TextChange(part.value, before, after)


def _words(text: Any) -> Bilingual:
    return (text.get("id", ""), text.get("en", "")) if isinstance(text, dict) else ("", "")


def _amount(fee: Mapping[str, Any]) -> str:
    least, most = fee["rupiah"], fee.get("up_to")
    amount = f"Rp{least:,}".replace(",", ".")
    return amount if most in (None, least) else f"{amount} – Rp{most:,}".replace(",", ".")
