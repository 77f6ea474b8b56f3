import asyncio
import fcntl
import os
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from tests.integrity.survey_house import filled
from tests.integrity.survey_token_steps import token

from zi_chassis.domain import UnavailableError
from zi_integrity.domain.survey_key import TokenSpentError
from zi_integrity.use_cases import answer_pool
from zi_integrity.use_cases.answer_pool import PAGE, AnswerPool, PooledAnswer

SECRET = bytes(32)


def answer(number: int, value: int = 3) -> PooledAnswer:
    return PooledAnswer(token=token(number).text, fills=(filled(value),))


async def fresh(_: str) -> bool:
    return False


def opened(folder: Path) -> AnswerPool:
    pool = AnswerPool(folder / "answers.pool", SECRET)
    pool.open()
    return pool


def stored(folder: Path) -> Sequence[PooledAnswer]:
    return [each for answers in opened(folder).surveys().values() for each in answers]


async def test_what_is_answered_is_on_disk(tmp_path: Path) -> None:
    await opened(tmp_path).add(answer(1), fresh)
    assert stored(tmp_path) == [answer(1)]


async def test_the_file_shows_neither_the_order_nor_the_time(tmp_path: Path) -> None:
    contents = set()
    for at, order in enumerate(permutations((1, 2, 3))):
        folder = tmp_path / str(at)
        folder.mkdir()
        pool = opened(folder)
        for number in order:
            await pool.add(answer(number), fresh)
        contents.add(tuple(each.token for each in stored(folder)))
        status = (folder / "answers.pool").stat()
        assert status.st_mtime == 0
        assert status.st_size % PAGE == 28  # nonce and tag
        assert status.st_mode & 0o777 == 0o600
        assert [each.name for each in folder.iterdir()] == ["answers.pool"]
    assert len(contents) == 1


async def test_two_processes_lose_no_answer_of_the_other(tmp_path: Path) -> None:
    """Each is a replica with its own memory of one folder."""
    first, second = opened(tmp_path), opened(tmp_path)
    for number in range(1, 7, 2):
        await first.add(answer(number), fresh)
        await second.add(answer(number + 1), fresh)
    assert {each.token for each in stored(tmp_path)} == {answer(number).token for number in range(1, 7)}
    await first.drop({answer(2).digest})
    with pytest.raises(TokenSpentError):
        await second.add(answer(1, 4), fresh)
    await second.add(answer(7), fresh)
    assert answer(2) not in stored(tmp_path)
    await first.refresh()
    assert first.surveys() == second.surveys() == opened(tmp_path).surveys()


async def test_whoever_goes_away_while_waiting_for_a_turn_keeps_nobody_out(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    turn = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(turn, fcntl.LOCK_EX)
    waiting = asyncio.create_task(pool.refresh())
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    os.close(turn)
    await pool.add(answer(1), fresh)
    assert stored(tmp_path) == [answer(1)]


async def test_a_process_that_stands_still_in_its_turn_lets_others_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_pool, "TURN_SECONDS", 0.1)
    pool = opened(tmp_path)
    turn = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(turn, fcntl.LOCK_EX)
    with pytest.raises(UnavailableError):
        await pool.add(answer(1), fresh)
    os.close(turn)
    await pool.add(answer(1), fresh)


async def test_a_damaged_file_is_said_each_time(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    await pool.add(answer(1), fresh)
    (tmp_path / "answers.pool").write_bytes(b"damaged, and long enough for a nonce and a tag")
    for _ in range(2):
        with pytest.raises(InvalidTag):
            await pool.refresh()


async def test_no_answer_can_be_read_without_the_key(tmp_path: Path) -> None:
    await opened(tmp_path).add(answer(1), fresh)
    assert b"values" not in (tmp_path / "answers.pool").read_bytes()


async def test_the_version_before_is_overwritten(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    await pool.add(answer(1), fresh)
    with (tmp_path / "answers.pool").open("rb") as before:
        await pool.add(answer(2), fresh)
        assert before.read().strip(b"\0") == b""


async def test_a_repeat_of_the_same_answer_counts_once(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    await asyncio.gather(*(pool.add(answer(1), fresh) for _ in range(5)))
    assert stored(tmp_path) == [answer(1)]


async def test_another_answer_with_the_same_token_is_refused(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    await pool.add(answer(1), fresh)
    with pytest.raises(TokenSpentError):
        await pool.add(answer(1, value=4), fresh)


async def test_a_token_whose_answer_was_recorded_is_refused(tmp_path: Path) -> None:
    async def spent(digest: str) -> bool:
        return digest == answer(1).digest

    with pytest.raises(TokenSpentError):
        await opened(tmp_path).add(answer(1), spent)


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    await pool.add(answer(1), fresh)
    (tmp_path / "answers.new").mkdir()  # nothing can be written there
    with pytest.raises(UnavailableError):
        await pool.add(answer(2), fresh)
    (tmp_path / "answers.new").rmdir()
    assert stored(tmp_path) == [answer(1)]
    await pool.add(answer(2), fresh)
    assert {each.token for each in stored(tmp_path)} == {answer(1).token, answer(2).token}


async def test_what_a_killed_process_left_half_written_is_removed(tmp_path: Path) -> None:
    await opened(tmp_path).add(answer(1), fresh)
    (tmp_path / "answers.new").write_bytes(b"half")
    assert stored(tmp_path) == [answer(1)]
    assert not (tmp_path / "answers.new").exists()


async def test_whoever_goes_away_leaves_the_file_whole(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    going = asyncio.create_task(pool.add(answer(1), fresh))
    await asyncio.sleep(0)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    await pool.add(answer(2), fresh)
    assert {each.token for each in stored(tmp_path)} == {answer(1).token, answer(2).token}


async def test_recorded_answers_leave_the_pool(tmp_path: Path) -> None:
    pool = opened(tmp_path)
    await pool.add(answer(1), fresh)
    await pool.add(answer(2), fresh)
    await pool.drop({answer(1).digest, "unknown"})
    await pool.drop({"unknown"})
    assert stored(tmp_path) == [answer(2)]


@pytest.mark.parametrize("at", range(1, 6))
def test_a_killed_process_loses_no_acknowledged_answer(tmp_path: Path, at: int) -> None:
    child = os.fork()
    if child == 0:
        asyncio.run(_answer_and_die(tmp_path, at))
    os.waitpid(child, 0)
    acknowledged = (tmp_path / "acknowledged").read_text().split()
    found = {each.digest for each in stored(tmp_path)}
    assert len(acknowledged) == at
    assert found >= set(acknowledged)


async def _answer_and_die(folder: Path, at: int) -> None:
    pool = opened(folder)
    with (folder / "acknowledged").open("w") as file:
        for number in range(1, 9):
            await pool.add(answer(number), fresh)
            file.write(f"{answer(number).digest}\n")
            file.flush()
            if number == at:
                os.kill(os.getpid(), 9)
