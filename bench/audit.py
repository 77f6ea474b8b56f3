"""The speed at which an auditor's program replays a log: `zi-verify log` with chains, versions and times, and beside it a Go program over the same files in
the same run (bench/xmod), which checks the tree and every entry's hash with golang.org/x/mod and knows no chains.

`python -m bench.audit [ENTRIES]` measures this alone and writes nothing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.messages import Chain
from zi_tlog.checkpoint import Checkpoint
from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy
from zi_tlog.tile import bundle_files, hashes_of, tile_files
from zi_tlog.tree import Edge, leaf_hashes

ENTRIES, TURN, RUNS = 500_000, 1_024, 3
VERIFY = Path(sys.executable).with_name("zi-verify")
KEY = Signer("bench.example/log", bytes(32))
# Where Debian's golang-golang-x-mod-dev puts the sources; another GOPATH can be named.
GOPATH = os.environ.get("GOPATH", "/usr/share/gocode")


def measured(folder: Path, entries: int = ENTRIES) -> dict[str, Any]:
    """Entries a second by the clock and by the processors' time, the best of three runs that take turns."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    written(log, entries)
    verify = [str(VERIFY), "log", str(log), "--no-memory", "--policy", str(log / "witness-policy")]
    programs = {"zi_verify_with_chains": verify}
    built = xmod(folder)
    if isinstance(built, Path):
        programs["go_xmod_hashes_only"] = [str(built), str(log), KEY.key.vkey]
    results: dict[str, Any] = {
        "entries": entries,
        "bytes": sum(f.stat().st_size for f in log.rglob("*") if f.is_file()),
    }
    for _ in range(RUNS):
        for name, command in programs.items():
            results[name] = faster(results.get(name), timed(command, entries))
    if isinstance(built, str):
        results["go_xmod_hashes_only"] = built
    return results


def written(log: Path, entries: int) -> None:
    """The published files of a log of two senders, without a writer."""
    edge, chains, done = Edge(), [Chain("bench", "intake"), Chain("bench", "notify")], 0

    def read(path: str) -> bytes | None:
        return (log / path).read_bytes() if (log / path).exists() else None

    while done < entries:
        sent = chains[done // TURN % 2].say(min(TURN, entries - done))
        growth = edge.append(hashes_of(leaf_hashes(sent)))
        for path, content in (*tile_files(growth, read), *bundle_files(done, sent, read)):
            (log / path).parent.mkdir(parents=True, exist_ok=True)
            (log / path).write_bytes(content)
        edge, done = growth.after, done + len(sent)
    (log / "checkpoint").write_bytes(Checkpoint(KEY.key.name, edge.size, edge.root).sign(KEY))
    (log / "witness-policy").write_bytes(Policy((Log(KEY.key),)).format())


def xmod(folder: Path) -> Path | str:
    """The Go program, built; or why it can't be."""
    go = shutil.which("go")
    if go is None:
        return "Go is not installed"
    if not (Path(GOPATH) / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return f"golang.org/x/mod is not in {GOPATH}"
    program = folder / "xmod"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": GOPATH, "GOCACHE": str(folder / "go-cache")}
    source = Path(__file__).with_name("xmod")
    subprocess.run([go, "build", "-o", str(program), "."], cwd=source, env=environment, check=True)
    return program


def timed(command: list[str], entries: int) -> dict[str, float]:
    begun = time.perf_counter()
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(program.pid, 0)
    seconds, program.returncode = time.perf_counter() - begun, os.waitstatus_to_exitcode(status)
    if program.returncode:
        raise RuntimeError(f"{command[0]} ended with {program.returncode}.")
    return {
        "per_second": round(entries / seconds),
        "per_cpu_second": round(entries / (used.ru_utime + used.ru_stime)),
        "largest_process_mib": round(used.ru_maxrss / 1024, 1),
    }


def faster(first: dict[str, float] | None, other: dict[str, float]) -> dict[str, float]:
    """The best figures of two runs; of the memory the worst."""
    return other if first is None else {name: max(first[name], other[name]) for name in first}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="zona-audit-") as place:
        print(json.dumps(measured(Path(place), int(sys.argv[1]) if sys.argv[1:] else ENTRIES), indent=1))
