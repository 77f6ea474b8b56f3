"""A log of a million entries: whether the writer's memory stays flat while it grows, what a proof from its tiles takes, how fast
zi-verify replays it and how fast auditors' questions are answered; writes bench/million.json. Another size can be named, which writes
nothing: `python -m bench.million 50000`."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench import house
from bench.__main__ import machine
from bench.ledger import opened
from bench.messages import CASES, TURN, Chain, official, ticket
from zi_audit.domain.arrival import Arrival
from zi_audit.domain.question import Question
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import TileFolder
from zi_audit.read.index import Index
from zi_chassis.storage.database import Database
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.tile import TileHashes
from zi_tlog.tree import inclusion_proof

SIZE = 1_000_000
RESULTS = Path(__file__).with_name("million.json")
SENDERS = ("intake", "notify")
BATCH = 1_000
AT_ONCE = 1_024
PROOFS, QUESTIONS = 5_000, 200
VERIFY = Path(sys.executable).with_name("zi-verify")
_random = random.Random(0)


def main(arguments: list[str]) -> int:
    size = int(arguments[0]) if arguments else SIZE
    if arguments[1:]:
        return grow(size, Path(arguments[1]))
    with tempfile.TemporaryDirectory(prefix="zona-million-") as folder:
        results = measured(size, Path(folder))
    print(json.dumps(results, indent=1))
    if size == SIZE:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    return 0


def measured(size: int, folder: Path) -> dict[str, Any]:
    results: dict[str, Any] = {"machine": machine(), "entries": size}
    results["writer"] = grown(size, folder)
    log = PublishedLog(TileFolder(folder / "tiles"))
    results["proof_from_tiles"] = proofs(log)
    results["zi_verify_log"] = verified(size, folder)
    results["index"] = {"sqlite": questions(log, size, folder / "index.db")}
    with house.postgres(folder / "pg") as place:
        results["index"]["postgresql"] = questions(log, size, place.format("index"))
    results["chained_table"] = chained(size, folder / "chained.db")
    return results


def grow(size: int, folder: Path) -> int:
    """Appends that many entries of two senders; tells its memory and its rate on the way, a line each."""
    log = opened(folder / "ledger.db", folder / "tiles")
    chains = {service: Chain("bench", service) for service in SENDERS}
    spent, reported = 0.0, 0
    for begin in range(0, size, BATCH):
        chain = chains[SENDERS[begin // BATCH % len(SENDERS)]]
        first, messages = chain.position, chain.say(BATCH)
        begun = time.perf_counter()
        log.append(
            [Arrival(chain.service, first + n, message) for n, message in enumerate(messages, start=1)]
        )
        spent += time.perf_counter() - begun
        if log.size in (size // 100, size // 10, size // 2, size):
            rate, spent, reported = (log.size - reported) / spent, 0.0, log.size
            print(
                json.dumps(
                    {"entries": reported, "resident_mib": _resident(), "leaves_per_second": round(rate)}
                )
            )
    return 0


def grown(size: int, folder: Path) -> list[dict[str, float]]:
    """A process of its own, so that its memory is the writer's and not the measurer's."""
    command = [sys.executable, "-m", "bench.million", str(size), str(folder)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def proofs(log: PublishedLog) -> dict[str, float]:
    """Of random entries under the newest checkpoint, after each was asked for once; a receipt is the proof, checked, with the policy."""
    head = _head(log)
    chosen = [_random.randrange(head.size) for _ in range(PROOFS)]

    def proof(index: int) -> None:
        inclusion_proof(index, head.size, TileHashes(head.size, log.tiles.read))

    leaves = {index: TileHashes(head.size, log.tiles.read)(0, index) for index in chosen}
    for index in chosen:
        proof(index)
    times = {f"proof_{name}": value for name, value in _milliseconds(proof, chosen).items()}
    receipts = _milliseconds(lambda index: log.receipt(index, leaves[index]), chosen)
    return times | {f"receipt_{name}": value for name, value in receipts.items()}


def verified(size: int, folder: Path) -> dict[str, float]:
    """Entries a second from the start of the program to its end: hashes alone, and with the entries, their chains and versions."""
    bare = folder / "hashes"
    shutil.copytree(folder / "tiles", bare, ignore=shutil.ignore_patterns("entries"), copy_function=os.link)
    return {
        "tree_per_second": _replayed(size, bare),
        "with_chains_per_second": _replayed(size, folder / "tiles"),
    }


def _replayed(size: int, tiles: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [str(VERIFY), "log", str(tiles), "--no-memory", "--policy", str(tiles / "witness-policy")],
        check=True,
        capture_output=True,
    )
    return round(size / (time.perf_counter() - begun))


def questions(log: PublishedLog, size: int, place: str | Path) -> dict[str, Any]:
    """A page of 200 entries of a random case or official, from a random place on."""
    index = Index(Database(place), "bench")
    begun = time.perf_counter()
    at = index.open(_head(log).origin)
    for entries in _chunks(log, size):
        at = index.add(at, entries)
    results: dict[str, Any] = {"indexed_per_second": round(size / (time.perf_counter() - begun))}
    cases = size // len(SENDERS) // TURN * CASES
    questions: dict[str, Callable[[], Question]] = {
        "case": lambda: Question(case=(ticket(_random.randrange(cases)),)),
        "actor": lambda: Question(actor=(official(_random.randrange(40)),), cursor=_random.randrange(size)),
    }
    for name, ask in questions.items():
        results[f"by_{name}"] = _milliseconds(index.page, [ask() for _ in range(QUESTIONS)])
    index.database.close()
    return results


def _chunks(log: PublishedLog, size: int) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    at = 0
    while at < size:
        entries = log.entries(at, size)
        at += len(entries)
        chunk += entries
        if len(chunk) >= AT_ONCE or at == size:
            yield chunk
            chunk = []


def chained(size: int, place: Path) -> dict[str, float]:
    """A table whose rows name each other by hash: to know that one row is in it, all of it is read."""
    database, head, chain = Database(place), b"", Chain("bench", "intake")
    with database.transaction() as tx:
        tx.create("CREATE TABLE chained (position INTEGER PRIMARY KEY, hash BLOB, body BLOB)")
    for begin in range(0, size, BATCH):
        rows = []
        for position, body in enumerate(chain.say(BATCH), start=begin + 1):
            head = sha256(head + body).digest()
            rows.append((position, head, body))
        with database.transaction() as tx:
            tx.many("INSERT INTO chained VALUES (?, ?, ?)", rows)
    begun, found = time.perf_counter(), b""
    with database.reading() as tx:
        for begin in range(0, size, BATCH):
            question = "SELECT body FROM chained WHERE position > ? AND position <= ? ORDER BY position"
            for row in tx.execute(question, begin, begin + BATCH):
                found = sha256(found + row["body"]).digest()
    if found != head:
        raise RuntimeError("The chained table does not give its own last hash.")
    return {"proof_of_one_row_ms": round((time.perf_counter() - begun) * 1000)}


def _head(log: PublishedLog) -> Checkpoint:
    signed = log.signed()
    assert signed is not None
    return signed[1]


def _milliseconds(do: Callable[[Any], object], arguments: list[Any]) -> dict[str, float]:
    taken = []
    for argument in arguments:
        begun = time.perf_counter()
        do(argument)
        taken.append((time.perf_counter() - begun) * 1000)
    taken.sort()
    return {f"p{q}_ms": round(taken[len(taken) * q // 100], 3) for q in (50, 95, 99)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
