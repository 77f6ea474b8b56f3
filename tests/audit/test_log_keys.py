"""A key is replaced in the open: both sign for a while, both are listed, and then the old one's seed is gone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from metamorphic_log import metamorphic_log as foreign  # type: ignore[import-untyped]
from tests.audit.log_home import OFFICE, ORIGIN, URL, Home, Sender

from zi_audit.files.log_keys import RotationError, keys_of, read_keys, retire, rotate
from zi_audit.files.tile_folder import CHECKPOINT, KEYS, POLICY
from zi_audit.tools.fsck import Fsck
from zi_audit.writer.log import TransparencyLog
from zi_chassis.settings import Settings
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, parse_note
from zi_tlog.policy import parse_policy

TODAY = date(2026, 11, 24)
UNTIL = TODAY + timedelta(days=30)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(service="audit-writer", office=OFFICE, data=tmp_path, log_origin=ORIGIN)


def started(home: Home, settings: Settings) -> TransparencyLog:
    log = TransparencyLog(home.ledger(), home.tiles, keys_of(settings), home.clock)
    log.open(URL)
    log.renew()
    return log


def listed(home: Home) -> list[NoteKey]:
    return [each.key for each in parse_policy(home.read(POLICY)).logs]


def signed_by(home: Home) -> set[bytes]:
    return {signature.key_id for signature in parse_note(home.read(CHECKPOINT)).signatures}


def test_the_first_start_makes_one_key(settings: Settings) -> None:
    keys = keys_of(settings)
    assert (keys.successor, keys.retired, keys.earlier) == (None, (), ())
    assert keys_of(settings).signer.key == keys.signer.key


def test_while_a_key_is_replaced_both_sign_and_both_are_listed(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say(3))
    keys = rotate(settings, UNTIL)
    started(home, settings).append(intake.say(2))
    both = [signer.key for signer in keys.signers]
    assert listed(home) == both
    assert b"2026-12-24" in home.read(POLICY)
    assert signed_by(home) == {key.key_id for key in both}
    for key in both:
        assert foreign.checkpoint_verify(home.read(CHECKPOINT).decode(), [key.vkey]).size == 5


def test_a_quiet_log_is_signed_by_both_as_well(home: Home, settings: Settings, intake: Sender) -> None:
    started(home, settings).append(intake.say(3))
    text = parse_note(home.read(CHECKPOINT)).text
    rotate(settings, UNTIL)
    started(home, settings)
    assert len(signed_by(home)) == 2
    assert parse_note(home.read(CHECKPOINT)).text == text


def test_a_retired_key_signs_no_more_and_its_seed_is_gone(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say(3))
    old, seed = keys_of(settings).signer.key, settings.secret("log-key")
    new = rotate(settings, UNTIL).signers[1].key
    started(home, settings)
    keys = retire(settings, UNTIL)
    started(home, settings).append(intake.say())
    assert (keys.signer.key, keys.successor, keys.retired) == (new, None, (old,))
    assert listed(home) == [new]
    assert signed_by(home) == {new.key_id}
    assert not [path for path in settings.folder.rglob("*") if path.is_file() and seed in path.read_bytes()]


def test_every_key_that_ever_signed_stays_known_in_order(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say(3))
    first = keys_of(settings).signer.key
    for _ in range(2):
        rotate(settings, UNTIL)
        started(home, settings)
        last = retire(settings, UNTIL).signer.key
    log = started(home, settings)
    home.clock.pass_by(60)
    log.append(intake.say(3))
    known = read_keys(home.read(KEYS))
    assert (known[0], len(known), known[-1]) == (first, 3, last)
    assert home.tiles.history() == [3, 6]
    assert Fsck(home.ledger(), home.tiles, keys_of(settings)).run().findings == []


def test_a_key_that_was_retired_before_it_ever_signed_with_its_successor_is_no_obstacle(
    home: Home, settings: Settings, intake: Sender
) -> None:
    started(home, settings).append(intake.say(3))
    rotate(settings, UNTIL)
    new = retire(settings, UNTIL).signer.key
    started(home, settings)
    assert signed_by(home) == {new.key_id}


def test_both_keys_sign_as_long_as_it_was_promised(settings: Settings) -> None:
    rotate(settings, UNTIL)
    with pytest.raises(RotationError, match="2026-12-24"):
        retire(settings, UNTIL - timedelta(days=1))
    assert keys_of(settings).successor is not None


def test_a_stolen_key_can_go_at_once(settings: Settings) -> None:
    rotate(settings, UNTIL)
    assert retire(settings, TODAY, early=True).successor is None


def test_one_rotation_ends_before_the_next_begins(settings: Settings) -> None:
    with pytest.raises(RotationError, match="rotate-key"):
        retire(settings, TODAY)
    rotate(settings, UNTIL)
    with pytest.raises(RotationError, match="retire-key"):
        rotate(settings, UNTIL)


def test_an_interrupted_rotation_is_simply_repeated(settings: Settings) -> None:
    old, overlap = keys_of(settings).signer.key, settings.folder / "key-overlap"
    overlap.write_text(f"{TODAY}\n")  # the seed was not made any more
    assert keys_of(settings).successor is None
    new = rotate(settings, UNTIL).signers[1].key
    (settings.folder / "retired-keys").write_text(f"{old.vkey}\n")  # the seed was not replaced any more
    keys = retire(settings, UNTIL)
    overlap.write_text(f"{UNTIL}\n")  # the promise was not removed any more
    for read in (keys, keys_of(settings)):
        assert (read.signer.key, read.successor, read.until, read.retired) == (new, None, None, (old,))


def test_what_is_no_list_of_keys_is_refused() -> None:
    for content in (b"\xff", b"no key\n"):
        with pytest.raises(LogError):
            read_keys(content)
