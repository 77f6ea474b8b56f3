import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.intake.front import COMPLAINT, Front, opened
from tests.intake.test_tickets import symbolic

from zi_chassis.storage.database import Tx
from zi_intake.container import LostSecretsError


async def test_a_full_disk_is_told_and_loses_nothing(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = await front.file()
    many = Tx.many

    def full(self: Tx, sql: str, rows: Any) -> None:
        if "vault_items" in sql:
            raise sqlite3.OperationalError("database or disk is full")
        many(self, sql, rows)

    monkeypatch.setattr(Tx, "many", full)
    refused = await front.client.post("/intake/api/complaints", json=COMPLAINT)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    monkeypatch.undo()
    after = await front.file()
    assert front.recorded == 2
    assert [(await front.track(each))["state"] for each in (filed, after)] == ["filed", "filed"]


async def test_a_closed_store_takes_nothing_and_says_so(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        front.office.store.close()
        for key in (uuid4(), symbolic(front.office.names)):
            headers = {"Idempotency-Key": str(key)}
            refused = await front.client.post("/intake/api/complaints", json=COMPLAINT, headers=headers)
            assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")


async def test_all_is_there_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as before:
        filed = await before.file()
        case = await before.track(filed)
    async with opened(tmp_path) as after:
        assert await after.track(filed) == case


async def test_lost_secrets_are_never_made_anew_over_a_store_that_holds_cases(tmp_path: Path) -> None:
    async with opened(tmp_path) as front:
        filed = await front.file()
        secret = front.office.settings.folder / "secrets" / "names"
    content = secret.read_bytes()
    secret.unlink()
    with pytest.raises(LostSecretsError, match="bring it back"):
        async with opened(tmp_path):
            pass
    assert not secret.exists()
    secret.write_bytes(content)
    async with opened(tmp_path) as front:
        assert (await front.track(filed))["state"] == "filed"
