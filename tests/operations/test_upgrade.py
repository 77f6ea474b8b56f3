"""An upgrade is told before it is begun, and a downgrade is refused before it changes anything."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.deploy.release_file import release as built
from tests.operations.small_house import DataSubjectErased, ErasureRequested, Filed, SmallHouse, filing

from zi_chassis.clock import Clock
from zi_chassis.storage.archive import Archive, adopt
from zi_chassis.storage.configuration import configurations
from zi_chassis.storage.database import Database
from zi_chassis.storage.store import Store
from zi_chassis.storage.written_fields import fields_of
from zi_operations.cli import main
from zi_operations.outcome import OperationError, OperationStatus
from zi_operations.release import ProgramRelease, ServiceRelease, note_release, noted_release, this_release
from zi_operations.upgrade import EVENTS_A_SECOND, Rebuild, Upgrade
from zi_rules.configuration import Configuration, canonical

FIELDS = {
    f"zi.{service}.{name}": tuple(sorted(fields_of(event)))
    for service in ("intake", "notify")
    for name, event in {
        "filed": Filed,
        "erasure_requested": ErasureRequested,
        "data_subject_erased": DataSubjectErased,
    }.items()
}


def release_of(
    read_models: Mapping[str, int] | None = None, rules: Mapping[str, str] | None = None, *settings: str
) -> ProgramRelease:
    """A version that knows everything that the small house has written, and these read models of intake."""
    services = {name: ServiceRelease(fields=everything(name)) for name in ("notify",)}
    services["intake"] = ServiceRelease(read_models=read_models or {}, fields=everything("intake"))
    return ProgramRelease(version="9.9.9", services=services, settings=settings, rules=rules or {})


def everything(service: str) -> dict[str, tuple[str, ...]]:
    return {type: fields for type, fields in FIELDS.items() if type.startswith(f"zi.{service}.")}


def set_read_model(small: SmallHouse, name: str, version: int) -> None:
    with small.stores["intake"].database.transaction() as tx:
        tx.execute("INSERT INTO read_models VALUES (?, ?, 0)", name, version)


def test_the_release_that_is_shipped_is_that_of_the_code() -> None:
    assert this_release() == built(), "run make documents"


def test_read_models_of_another_version_are_rebuilt_and_counted(small: SmallHouse) -> None:
    set_read_model(small, "cases", 3)
    set_read_model(small, "looks", 1)
    plan = Upgrade(small.house, release_of({"cases": 4, "looks": 1, "desk": 1})).plan()
    assert plan.rebuilds == [Rebuild("intake", 2, {"cases": 3, "desk": None}, {"cases": 4, "desk": 1})]
    assert plan.events == 3
    assert plan.seconds == 1


def test_the_time_of_a_rebuild_grows_with_events_and_read_models() -> None:
    assert Rebuild("intake", 10 * EVENTS_A_SECOND, {}, {"a": 1, "b": 1}).seconds == 20


@pytest.mark.parametrize("known", [{}, {"cases": 3}])
def test_a_newer_read_model_is_a_downgrade(small: SmallHouse, known: dict[str, int]) -> None:
    set_read_model(small, "cases", 4)
    with pytest.raises(OperationError, match=r"intake: cases.*zona restore") as refused:
        Upgrade(small.house, release_of(known)).plan()
    assert refused.value.outcome is OperationStatus.DOWNGRADE


def test_a_read_model_that_this_version_retired_is_no_downgrade(small: SmallHouse) -> None:
    set_read_model(small, "cases", 4)
    retiring = ServiceRelease(retired=("cases",), fields=everything("intake"))
    release = release_of()
    Upgrade(
        small.house, release.model_copy(update={"services": {**release.services, "intake": retiring}})
    ).plan()


def test_an_event_that_this_version_does_not_know_is_a_downgrade(small: SmallHouse) -> None:
    with small.stores["notify"].database.transaction() as tx:
        tx.execute("INSERT INTO written_fields VALUES ('zi.notify.letter_sent', 'weight')")
    with pytest.raises(OperationError, match="letter_sent weight"):
        Upgrade(small.house, release_of()).plan()


def test_a_sender_that_this_version_does_not_hear_is_a_downgrade(small: SmallHouse) -> None:
    with small.ledger.transaction() as tx:
        tx.execute("UPDATE heads SET sender = 'weather' WHERE sender = 'intake'")
    with pytest.raises(OperationError, match="audit-writer: weather"):
        Upgrade(small.house, release_of()).plan()


def test_a_downgrade_has_a_sentence_and_a_status_of_its_own_and_changes_nothing(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    before = sha256((small.folder / "notify/store.db").read_bytes()).digest()
    assert main(["upgrade", "--backup", str(tmp_path / "backups"), "--language", "id"]) == 10
    refusal = capsys.readouterr().err
    assert "Versi yang lebih baru" in refusal
    assert refusal.endswith("dengan cadangan dari sebelum peningkatan.\n")  # it was cut before its way out
    assert sha256((small.folder / "notify/store.db").read_bytes()).digest() == before
    assert noted_release(small.house) is None
    assert not (tmp_path / "backups").exists()


def test_settings_are_compared_with_the_version_that_was_noted(small: SmallHouse) -> None:
    assert Upgrade(small.house, release_of(None, None, "ZI_A")).plan().settings is None
    note_release(small.house, release_of(None, None, "ZI_A", "ZI_B"))
    plan = Upgrade(small.house, release_of(None, None, "ZI_B", "ZI_C")).plan()
    assert (plan.settings, plan.settings_gone, plan.fields) == (["ZI_C"], ["ZI_A"], 0)


def configuration(content: bytes, version: int = 1) -> Configuration:
    return Configuration(
        kind="fees", id="fees", version=version, content=content, origin="fees.toml", source_status=None
    )


async def adopted(small: SmallHouse, *contents: Configuration) -> None:
    """Let intake adopt these, as its start does."""
    archive = Archive(Database(small.folder / "intake" / "store.db"))
    store = Store(
        service="intake",
        office=small.house.office,
        database=archive.database,
        deciders=[filing, configurations],
        companions=[archive],
    )
    store.open()
    await adopt(store, contents, Clock())
    store.close()


def knows_configurations(release: ProgramRelease) -> ProgramRelease:
    real = this_release().services["intake"].fields
    fields = {type: real[type] for type in real if ".configuration_" in type}
    intake = release.services["intake"]
    services = {
        **release.services,
        "intake": intake.model_copy(update={"fields": {**intake.fields, **fields}}),
    }
    return release.model_copy(update={"services": services})


async def test_rules_in_use_stay_new_ones_are_named_and_changed_ones_stop_it(small: SmallHouse) -> None:
    fees = configuration(canonical({"version": 1, "fee": 5}))
    await adopted(small, fees)

    def plan_with(rules: dict[str, str]) -> Any:
        return Upgrade(small.house, knows_configurations(release_of(None, rules))).plan()

    plan = plan_with({"fees fees 1": fees.digest, "fees fees 2": "d" * 64, "dogs dogs 1": "e" * 64})
    assert (plan.rules_in_use, plan.stops) == (1, [])
    assert (plan.rules_new, plan.rules_replaced) == (["fees fees version 2"], [])
    replaced = plan_with({"fees fees 2": "d" * 64})
    assert replaced.rules_replaced == ["fees fees version 1"]
    [stop] = plan_with({"fees fees 1": "f" * 64}).stops
    assert "the start would be refused" in stop.en
    (small.folder / "rules").mkdir()
    (small.folder / "rules" / "fees.toml").write_text("version = 1\n# as it was\nfee = 5\n")
    assert plan_with({"fees fees 1": "f" * 64}).stops == []


async def test_versions_that_came_and_went_are_not_new(small: SmallHouse) -> None:
    """A release ships every version that ever was; thirty of them were named at each upgrade."""
    await adopted(small, configuration(b"three", 3))

    def new_among(*names: str) -> list[str]:
        release = knows_configurations(release_of(None, dict.fromkeys(names, "d" * 64)))
        return Upgrade(small.house, release).plan().rules_new

    assert new_among("fees fees 1", "fees fees 2") == []
    assert new_among("fees fees 4", "fees fees 10", "fees fees 9") == ["fees fees version 10"]
    assert new_among("fees others 1") == ["fees others version 1"]
    note_release(small.house, release_of(None, {"fees others 1": "d" * 64}))
    assert new_among("fees others 1") == []
    assert new_among("fees others 2") == ["fees others version 2"]


async def test_rules_whose_content_is_lost_stop_it_unless_a_file_has_it(small: SmallHouse) -> None:
    fees = configuration(b"one")
    await adopted(small, fees)
    with small.stores["intake"].database.transaction() as tx:
        tx.execute("DELETE FROM configurations")
    [stop] = Upgrade(small.house, knows_configurations(release_of())).plan().stops
    assert "zona restore" in stop.en
    shipped = knows_configurations(release_of(None, {"fees fees 1": fees.digest}))
    assert Upgrade(small.house, shipped).plan().stops == []


def test_the_plan_is_told_and_the_upgrade_noted_after_a_backup(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("ZI_DATA", str(small.folder))
    monkeypatch.setattr("zi_operations.upkeep.this_release", lambda: release_of({"cases": 1}, None, "ZI_A"))
    target = str(tmp_path / "backups")
    assert main(["upgrade"]) == 0
    printed = capsys.readouterr().out
    assert "intake: rebuilds cases (- -> 1) from 2 events, about 1 s" in printed
    assert "the way back is zona restore" in printed
    assert noted_release(small.house) is None
    assert main(["upgrade", "--backup", target]) == OperationStatus.REFUSED.code
    assert main(["key", str(tmp_path / "zona.key")]) == 0
    assert main(["upgrade", "--backup", target, "--language", "id"]) == 0
    assert "9.9.9" in capsys.readouterr().out
    assert noted_release(small.house) == release_of({"cases": 1}, None, "ZI_A")
    assert main(["upgrade", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["settings"], answer["seconds"], answer["stops"]) == ([], 1, [])
    assert answer["former"] == answer["release"]


def test_the_note_of_the_version_is_in_a_backup(small: SmallHouse) -> None:
    note_release(small.house, release_of())
    data, keys = small.house.files()
    assert Path("backup/release.json") in data
    assert not [path for path in keys if path.name == "release.json"]
