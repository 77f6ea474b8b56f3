"""Digests of addresses and the tokens of links: one mailbox is one recipient, and nobody guesses a token."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zi_notify.addresses.recipient_keys import RecipientKeys

KEYS = RecipientKeys(b"a secret of the office")


@pytest.mark.parametrize(
    "spelling",
    ["Siti.Rekaan@Contoh.Example", "siti.rekaan+400@contoh.example", " siti.rekaan+a+b@contoh.example"],
)
def test_one_mailbox_is_one_recipient_however_it_is_written(spelling: str) -> None:
    assert KEYS.recipient(spelling) == KEYS.recipient("siti.rekaan@contoh.example")


def test_dots_make_no_other_mailbox_where_the_provider_ignores_them() -> None:
    assert KEYS.recipient("s.i.t.i@gmail.com") == KEYS.recipient("siti@gmail.com")
    assert KEYS.recipient("s.iti@contoh.example") != KEYS.recipient("siti@contoh.example")


def test_a_digest_needs_the_secret() -> None:
    address = "siti@contoh.example"
    assert KEYS.recipient(address) != RecipientKeys(b"another secret").recipient(address)


def test_a_name_that_is_all_tag_is_kept() -> None:
    assert KEYS.recipient("+a@contoh.example") != KEYS.recipient("+b@contoh.example")


@given(st.uuids(version=4))
def test_a_token_leads_back_to_its_recipient_alone(recipient: UUID) -> None:
    token = KEYS.token(recipient)
    assert KEYS.of_token(token) == recipient
    assert RecipientKeys(b"another secret").of_token(token) is None
    assert KEYS.of_token(token[:-2]) is None


@given(st.text(max_size=60))
def test_nothing_else_is_a_token(text: str) -> None:
    assert KEYS.of_token(text) is None


def test_an_occasion_is_the_same_after_a_restart_and_needs_the_secret() -> None:
    again = RecipientKeys(b"a secret of the office")
    assert KEYS.occasion("message", "template", "ani") == again.occasion("message", "template", "ani")
    others = [KEYS.occasion("message", "template", "budi"), KEYS.occasion("message", "templateani", "")]
    others.append(RecipientKeys(b"another secret").occasion("message", "template", "ani"))
    assert KEYS.occasion("message", "template", "ani") not in others
