"""Evidence of a case with 20,000 acts, made by the ledger's web part from a log of 40,000 entries on the disk and verified by the auditor's
tool, each in a process of its own whose memory is measured; and a thousand changes to evidence, each of which has to be found and named.

`python -m bench.evidence make FOLDER` is that first process."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.audit.log_home import SetClock
from tests.tlog.sample_evidence import BEGIN, ORIGIN, POLICY, TICKET, SampleCase
from tests.verify.evidence_mutations import Mutator

from zi_audit.domain.arrival import Arrival
from zi_audit.files.log_keys import LogKeys
from zi_audit.files.published_log import PublishedLog
from zi_audit.files.tile_folder import CHECKPOINT, TileFolder
from zi_audit.read.bundle import ACTS
from zi_audit.read.case_log import WitnessedHead, write_case
from zi_audit.read.index import Index
from zi_audit.writer.ledger import Ledger
from zi_audit.writer.log import TransparencyLog
from zi_chassis.storage.database import Database
from zi_tlog.cosignature import Cosigner
from zi_tlog.evidence_zip import EvidenceWriter
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Policy, Witness
from zi_verify.receipt import check_receipt
from zi_verify.verdict import Failed

ACTS_OF_THE_CASE = 20_000
BATCH = 200
MUTATIONS = 1_000
STEPS = 600  # of the case that is changed
AT_ONCE = 25
OFFICE = "contoh"
MEGABYTE = 1024 * 1024
LATER = int((BEGIN + timedelta(days=30)).timestamp())


def measured() -> dict[str, Any]:
    """The figures of a run in which every change was found and named; anything else is an AssertionError."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zona-evidence-") as folder:
        log_case(Path(folder), ACTS_OF_THE_CASE)
        made = json.loads(run(sys.executable, "-m", "bench.evidence", "make", folder)[0])
        _, seconds, memory = run(sys.executable, "-m", "zi_verify.main", "receipt", f"{folder}/evidence.zip")
        size = (Path(folder) / "evidence.zip").stat().st_size
    found = mutated()
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - started),
        "entries": made["entries"],
        "megabytes": round(size / MEGABYTE, 1),
        "made_in_seconds": made["seconds"],
        "making_took_megabytes": made["megabytes"],
        "verified_in_seconds": round(seconds, 1),
        "verifying_took_megabytes": round(memory),
        "mutations": sum(found.values()),
        "found": sum(found.values()),
        "kinds": dict(sorted(found.items())),
    }


def row(result: dict[str, Any]) -> str:
    figures = " ".join(
        f"{result[key]:7} {key}"
        for key in ("entries", "made_in_seconds", "verified_in_seconds", "mutations", "found")
    )
    return f"{'evidence':22} {figures} {result['seconds']:5} s"


def log_case(folder: Path, acts: int) -> None:
    """A log on the disk, with a witness and an index, that has the case among entries of another one."""
    witness, clock = Cosigner("ombudsman.example/witness", bytes([1]) * 32), SetClock()
    witnesses = Policy((), (Witness("w0", witness.verifier.key, "http://w.example"),), (), "w0")
    database, tiles = Database(folder / "ledger.db"), TileFolder(folder / "tiles")
    log = TransparencyLog(
        Ledger(database, OFFICE), tiles, LogKeys(Signer(ORIGIN, bytes(32))), clock, witnesses
    )
    log.open("http://localhost/log")
    entries, positions = SampleCase(acts - 1, checkpoint_every=BATCH).log.entries, Counter[str]()
    for first in range(0, len(entries), BATCH):
        some = entries[first : first + BATCH]
        clock.pass_by(61)
        log.append([arrival(entry, positions) for entry in some])
        note = parse_note(tiles.read(CHECKPOINT) or b"")
        at = int(datetime.fromisoformat(json.loads(some[-1])["time"]).timestamp()) + 5
        log.cosign(note.signed(witness.cosign(note.text, at)).format())
    database.close()
    index(folder, len(entries))


def arrival(entry: bytes, positions: Counter[str]) -> Arrival:
    lane = json.loads(entry)["source"].rpartition("/")[2]
    positions[lane] += 1
    return Arrival(lane, positions[lane], entry)


def index(folder: Path, size: int) -> None:
    log, made = PublishedLog(TileFolder(folder / "tiles")), Index(Database(folder / "index.db"), OFFICE)
    signed = log.signed()
    assert signed is not None
    done = made.open(signed[1].origin)
    while done < size:
        done = made.add(done, log.entries(done, size))
    made.database.close()


def make(folder: Path) -> dict[str, Any]:
    """Write evidence.zip beside the log, as the web part does it."""
    begun = time.monotonic()
    log, database = PublishedLog(TileFolder(folder / "tiles")), Database(folder / "index.db")
    policy, signed = log.policy(), log.witnessed()
    assert policy is not None
    assert signed is not None
    signer = Signer("zona.example/audit", bytes(32))
    with (folder / "evidence.zip").open("w+b") as file, EvidenceWriter(file) as writer:
        written = write_case(writer, log, database, WitnessedHead(policy, *signed), TICKET, ACTS)
        writer.seal(
            signer,
            case=TICKET,
            origin=written.origin,
            size=written.size,
            services=ACTS,
            purpose="court",
            indexes=written.indexes,
            left_out=written.left_out,
            aggregates=written.aggregates,
        )
    database.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "entries": len(written.indexes),
        "seconds": round(time.monotonic() - begun, 1),
        "megabytes": round(memory),
    }


def run(*command: str) -> tuple[bytes, float, float]:
    """Run a program; return its output, its seconds, and its largest memory in megabytes."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as output:
        program = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    # 5: nobody gave it keys to compare with.
    assert program.returncode in (0, 5), printed[-2000:].decode()
    return printed, time.monotonic() - begun, usage.ru_maxrss / 1024


def mutated(mutations: int = MUTATIONS) -> Counter[str]:
    """Try changes of every kind; count those that were found and named."""
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        found = Counter[str]()
        for some in workers.map(mutate_some, range(mutations // AT_ONCE)):
            found.update(some)
    return found


def mutate_some(seed: int) -> Counter[str]:
    mutator, found = Mutator(SampleCase(STEPS, checkpoint_every=40), seed), Counter[str]()
    for number in range(seed * AT_ONCE, (seed + 1) * AT_ONCE):
        mutation = mutator.mutation(number)
        verdict = check_receipt(mutation.data, POLICY, LATER).verdict
        assert isinstance(verdict, Failed), (seed, number, mutation.kind)
        texts = [finding.render("en") for finding in verdict.findings]
        for named in mutation.named:
            assert any(named in each for each in texts), (seed, number, mutation.kind, named, texts[:3])
        found[mutation.kind] += 1
    return found


if __name__ == "__main__":
    print(json.dumps(make(Path(sys.argv[2]))))
