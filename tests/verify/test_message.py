from zi_verify.message import VaultRef, strings, vault_refs
from zi_verify.verdict import plain

FIRST, SECOND, THIRD = "1" * 64, "2" * 64, "3" * 64


def test_digests_are_found_wherever_they_stand() -> None:
    data = {
        "items": [{"item": "i", "field": "text", "digest": FIRST}, SECOND, 5],
        "deep": {"digest": THIRD, "field": None},
        "other": "x",
    }
    assert list(vault_refs(data)) == [
        VaultRef(FIRST, "i", "text"),
        VaultRef(SECOND, None, None),
        VaultRef(THIRD, None, None),
    ]
    assert list(vault_refs(None)) == list(vault_refs("no digest")) == []


def test_texts_are_found_wherever_they_stand() -> None:
    assert list(strings({"a": ["x", {"b": "y"}], "c": None, "d": 1})) == ["x", "y"]


def test_a_strangers_text_can_not_steer_the_terminal() -> None:
    assert plain("\x1b[31mred\n\u202e") == "?[31mred??"
    assert plain("x" * 400) == "x" * 300 + "..."
