"""A reference that replaces others bears what they bore, in every order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from zi_chassis.storage.database import Database, Tx
from zi_chassis.storage.renamings import RENAMING_TABLES, later_names_of, names_of, note_renaming


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(tmp_path / "store.db")
    with database.transaction() as tx:
        tx.create(*RENAMING_TABLES)
        yield tx
    database.close()


def test_a_reference_that_nobody_replaced_has_one_name(tx: Tx) -> None:
    assert names_of(tx, "a") == later_names_of(tx, "a") == ("a",)


def test_a_reference_that_was_replaced_twice_leads_to_the_last_one(tx: Tx) -> None:
    note_renaming(tx, "a", "b")
    note_renaming(tx, "b", "c")
    note_renaming(tx, "b", "c")
    assert names_of(tx, "c") == ("c", "a", "b")
    assert later_names_of(tx, "a") == ("a", "b", "c")


def test_a_reference_that_comes_back_is_named_once(tx: Tx) -> None:
    note_renaming(tx, "a", "b")
    note_renaming(tx, "b", "a")
    assert names_of(tx, "a") == ("a", "b")
    assert later_names_of(tx, "a") == ("a", "b")
