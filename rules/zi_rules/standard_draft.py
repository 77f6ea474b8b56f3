"""The first draft of a service standard, made from the rules that the office decides by already. Pure and deterministic.

What the rules do not say is left out: the office writes it before it can adopt the standard.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from zi_rules.certificate.decreed import DIRECTIONS
from zi_rules.certificate.kind import CertificateKind, Goods
from zi_rules.certificate.rule_set import CertificateRules, DocumentRule, Evaluation
from zi_rules.mentoring.decreed import PERIODS, REFERRAL
from zi_rules.mentoring.rule_set import MentoringRules, Part
from zi_rules.period import Period, period
from zi_rules.provenance import Sourced
from zi_rules.standard import ServiceKind, ServiceStandard, Tier

HEADER = ("id", "digest", "decree_id", "version", "effective_from", "effective_to")
TITLES = {
    ServiceKind.MENTORING: (
        "Standar Pelayanan Pendampingan UMKM",
        "Service standard for mentoring small food businesses",
    ),
    ServiceKind.SKI: (
        "Standar Pelayanan Surat Keterangan Impor (SKI)",
        "Service standard for import letters (SKI)",
    ),
    ServiceKind.SKE: (
        "Standar Pelayanan Surat Keterangan Ekspor (SKE)",
        "Service standard for export letters (SKE)",
    ),
}
PERIOD_TITLES = {
    "correction": ("Memperbaiki temuan", "Correcting a finding"),
    "silence": ("Tanpa kabar hingga pendampingan ditunda", "Silence until mentoring is paused"),
    "sleep": ("Ditunda hingga pendampingan ditutup", "Pause until mentoring is closed"),
    "later_check": ("Pemeriksaan ulang setelah lulus", "Check after graduation"),
}
UNITS = {
    "working_days": "hari kerja",
    "working_hours": "jam kerja",
    "calendar_days": "hari kalender",
    "calendar_hours": "jam",
}
Terms = dict[str, Any]
_PERIODS: TypeAdapter[Period] = TypeAdapter(Period)


def draft_from_standard(standard: ServiceStandard) -> Terms:
    """Return the terms of a version without its name and days: the draft of the next one."""
    fields = standard.model_dump(mode="json", exclude=set(HEADER), exclude_none=True)
    fields["documents"] = {
        track: [{**each, "only_for": sorted(each["only_for"])} for each in documents]
        for track, documents in fields["documents"].items()
    }
    return fields


def draft_for_letters(service: ServiceKind, rules: CertificateRules, office: str) -> Terms:
    """Make the draft of SKI or SKE; documents stay those of the rules until the office states them in the standard."""
    kinds = [each for each in CertificateKind if each.direction is DIRECTIONS[service]]
    tiers, first = _evaluations(rules, kinds)
    fees = {
        kind.value: {"rupiah": tariff.rupiah, "per": tariff.per, **_source(tariff)}
        for tariff in rules.tariffs
        for kind in kinds
        if kind in tariff.kinds and tariff.goods == frozenset(Goods)
    }
    names = [rules.names.kinds[kind] for kind in kinds]
    wanted = [rule for rule in rules.documents if rule.kinds.intersection(kinds)]
    components = {
        "persyaratan": _documents(wanted, rules),
        "jangka_waktu": _periods([_term(each["period"]) for each in tiers.values()]),
        "produk": {"id": "; ".join(each.id for each in names), "en": "; ".join(each.en for each in names)},
    }
    return _draft(service, office, rules, {"tiers": tiers, "first_tier": first, "fees": fees}, components)


def draft_for_mentoring(rules: MentoringRules, office: str) -> Terms:
    tiers = {
        name: {"title": _text(PERIOD_TITLES[name]), **_term_of(getattr(rules, name))} for name in PERIODS
    }
    fees = {
        code: {"rupiah": fee.least, "up_to": fee.most, **_source(fee)} for code, fee in rules.fees.items()
    }
    documents: dict[str, list[dict[str, Any]]] = {
        part.value: [
            {
                "any_of": {each.code: each.text.model_dump()},
                "only_for": sorted(each.risks | each.products),
                **_source(each),
            }
            for each in rules.requirements
            if each.part is part
        ]
        for part in Part
    }
    documents[REFERRAL] = [
        {"any_of": {each.code: each.text.model_dump()}, **_source(each)} for each in rules.referral
    ]
    components = {
        "persyaratan": _lines([(each.text.id, each.text.en) for each in rules.requirements]),
        "jangka_waktu": _lines(
            [
                (f"{title[0]}: {amount[0]}", f"{title[1]}: {amount[1]}")
                for name, title in PERIOD_TITLES.items()
                for amount in [_term(tiers[name]["period"])]
            ]
        ),
    }
    stated = {
        "tiers": tiers,
        "fees": fees,
        "documents": {track: each for track, each in documents.items() if each},
    }
    return _draft(ServiceKind.MENTORING, office, rules, stated, components)


def _draft(
    service: ServiceKind,
    office: str,
    rules: Sourced,
    stated: Mapping[str, Any],
    components: Mapping[str, Any],
) -> Terms:
    head = {
        "service": service.value,
        "office": office,
        "decree_title": _text(TITLES[service]),
        **_source(rules),
    }
    return {
        **head,
        **{name: table for name, table in stated.items() if table},
        "components": dict(components),
    }


def _evaluations(
    rules: CertificateRules, kinds: Sequence[CertificateKind]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Name each evaluation time that these letters have; a kind with several of them has one a kind of goods."""
    tiers: dict[str, Any] = {}
    first: dict[str, str] = {}
    for kind in kinds:
        goods = sorted({each for track in rules.tracks if kind in track.kinds for each in track.goods})
        times = {each: _evaluation(rules, kind, each) for each in goods}
        for each, place in times.items():
            name = f"evaluation_{place + 1}"
            title = {"id": "Pemeriksaan permohonan", "en": "Evaluation of the application"}
            tiers[name] = {"title": title, **_term_of(rules.evaluation[place])}
            first[kind.value if len(set(times.values())) == 1 else f"{kind.value}.{each.value}"] = name
    return tiers, first


def _evaluation(rules: CertificateRules, kind: CertificateKind, goods: Goods) -> int:
    [place] = [place for place, rule in enumerate(rules.evaluation) if rule.covers(kind, goods)]
    return place


def _term_of(term: Evaluation | Tier | Any) -> dict[str, Any]:
    amount: Period = term.period
    return {"period": {"amount": amount.amount, "unit": amount.unit}, **_source(term)}


def _term(stated: Mapping[str, Any]) -> tuple[str, str]:
    return period_in_words(stated["amount"], stated["unit"])


def period_in_words(amount: int, unit: str) -> tuple[str, str]:
    """Say a period in Indonesian and in English."""
    singular, plural = period(_PERIODS.validate_python({"amount": amount, "unit": unit}))
    return f"{amount} {UNITS[unit]}", (singular if amount == 1 else plural).format(number=amount)


def _periods(amounts: Sequence[tuple[str, str]]) -> dict[str, str]:
    each = list(dict.fromkeys(amounts))
    return {
        "id": " atau ".join(pair[0] for pair in each) + ".",
        "en": " or ".join(pair[1] for pair in each) + ".",
    }


def _documents(wanted: Sequence[DocumentRule], rules: CertificateRules) -> dict[str, str]:
    names = [[rules.names.documents[code] for code in rule.any_of] for rule in wanted]
    pairs = [(" / ".join(each.id for each in some), " / ".join(each.en for each in some)) for some in names]
    return _lines(list(dict.fromkeys(pairs)))


def _lines(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {"id": "\n".join(pair[0] for pair in pairs), "en": "\n".join(pair[1] for pair in pairs)}


def _text(pair: tuple[str, str]) -> dict[str, str]:
    return {"id": pair[0], "en": pair[1]}


def _source(sourced: Any) -> dict[str, str]:
    return {"source": sourced.source, "source_status": sourced.source_status.value}
