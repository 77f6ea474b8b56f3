"""The lines that a person reads of an upgrade before it is begun, in one of two languages."""

from collections.abc import Iterator

from zi_operations.upgrade import Rebuild, UpgradePlan
from zi_verify.verdict import Language, Sentence


def of_plan(plan: UpgradePlan, language: Language) -> Iterator[str]:
    for sentence in _sentences(plan):
        yield sentence.render(language)


def _sentences(plan: UpgradePlan) -> Iterator[Sentence]:
    former = plan.former.name if plan.former else None
    yield Sentence(
        f"This version is {plan.release.name}; the house was last upgraded to {former or 'a version that nobody noted'}. It has {plan.events:,} events.",
        f"Versi ini {plan.release.name}; rumah terakhir ditingkatkan ke {former or 'versi yang tidak dicatat'}. Isinya {plan.events:,} peristiwa.",
    )
    yield from _read_models(plan)
    yield from _way_back(plan)
    yield from _settings(plan)
    yield from _rules(plan)
    yield from plan.stops


def _read_models(plan: UpgradePlan) -> Iterator[Sentence]:
    if not plan.rebuilds:
        yield Sentence("No read model is rebuilt.", "Tidak ada model baca yang dibangun ulang.")
        return
    for each in plan.rebuilds:
        yield Sentence(
            f"{each.service}: rebuilds {_versions(each)} from {each.events:,} events, about {each.seconds} s",
            f"{each.service}: membangun ulang {_versions(each)} dari {each.events:,} peristiwa, kira-kira {each.seconds} detik",
        )
    yield Sentence(
        f"The first start takes about {plan.seconds} s longer. On PostgreSQL the old processes serve meanwhile.",
        f"Start pertama lebih lama kira-kira {plan.seconds} detik. Pada PostgreSQL proses lama tetap melayani sementara itu.",
    )


def _versions(rebuild: Rebuild) -> str:
    return ", ".join(
        f"{name} ({rebuild.before[name] or '-'} -> {version})" for name, version in rebuild.after.items()
    )


def _way_back(plan: UpgradePlan) -> Iterator[Sentence]:
    if plan.rebuilds or plan.fields:
        yield Sentence(
            "After its first start the former version does not start any more: the way back is zona restore with a backup from before.",
            "Sesudah start pertama, versi sebelumnya tidak dapat dijalankan lagi: jalan kembali adalah zona restore dengan cadangan dari sebelumnya.",
        )
    if plan.fields:
        yield Sentence(
            f"Events can have {plan.fields} fields that the former version does not know.",
            f"Peristiwa dapat memiliki {plan.fields} isian yang tidak dikenal versi sebelumnya.",
        )


def _settings(plan: UpgradePlan) -> Iterator[Sentence]:
    if plan.settings is None:
        yield Sentence(
            "Nobody noted the former version, so new settings can't be told apart: docs/operations.md, Settings, has all. From now on zona upgrade"
            " --backup notes it.",
            "Versi sebelumnya tidak dicatat, sehingga setelan baru tidak dapat dibedakan: docs/operations.md, Settings, memuat semuanya. Mulai"
            " sekarang zona upgrade --backup mencatatnya.",
        )
        return
    if plan.settings:
        yield Sentence(
            f"New settings: {', '.join(plan.settings)}", f"Setelan baru: {', '.join(plan.settings)}"
        )
    if plan.settings_gone:
        gone = ", ".join(plan.settings_gone)
        yield Sentence(
            f"Settings without effect from now on: {gone}", f"Setelan yang tidak berlaku lagi: {gone}"
        )


def _rules(plan: UpgradePlan) -> Iterator[Sentence]:
    yield Sentence(
        f"{plan.rules_in_use} versions of rules are in use, and each stays as it is for what was begun under it.",
        f"{plan.rules_in_use} versi aturan dipakai, dan masing-masing tetap berlaku untuk yang dimulai dengannya.",
    )
    for name in plan.rules_new:
        yield Sentence(
            f"new for what is begun from then on: {name}", f"baru untuk yang dimulai sesudahnya: {name}"
        )
    for name in plan.rules_replaced:
        yield Sentence(f"nothing new is begun under: {name}", f"tidak ada yang baru dimulai dengan: {name}")
