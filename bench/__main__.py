"""Measures, prints a table and writes bench/results.json; minutes, on 127.0.0.1 only."""

import os
import platform
import re
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench import (
    audit,
    bus,
    day,
    footprint,
    functions,
    house,
    ledger,
    letters,
    limits,
    notices,
    peers,
    processes,
    queries,
    reconcile,
    slope,
    waiting,
)
from bench.board import BOARD
from bench.desks import DESKS
from bench.load import wrk
from bench.results import write

PORT = 18_700
CLIENTS = (1, 4, 16, 64)
SECONDS = 6
RATE = 500
BATCHES = (64, 256, 1024)
MESSAGES, MINUTE = 5_000, 60
FILE = "/intake/api/complaints"


def main() -> int:
    if shutil.which("wrk") is None:
        print("make bench needs wrk (a compiled load generator) on the PATH.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="zona-bench-") as folder:
        results = measured(Path(folder))
    write(results)
    print(table(results))
    return 0


def measured(folder: Path) -> dict[str, Any]:
    results: dict[str, Any] = {"machine": machine(), "fsyncs_per_second": limits.flushes(folder)}
    results["sqlite"] = {"raw_inserts": raw(folder / "raw.db")}
    with house.bare(PORT + 20) as address:
        results["bare_framework"] = at_each(address)
    with house.bare(PORT + 20, "shell") as address:
        results["service_shell"] = at_each(address)
    results["sqlite"] |= intake(folder / "sqlite", {})
    with house.postgres(folder / "pg") as place:
        results["postgresql"] = {"raw_inserts": raw(place.format("intake"))}
        options = {"ZI_DATABASE": place.format("intake"), "ZI_KEYS_DATABASE": place.format("keys")}
        results["postgresql"] |= intake(folder / "postgres", options)
        databases = {"postgresql": place.format("certificates")}
        results["letters"] = letters.measured(folder / "letters", PORT + 100, **databases)
        results["board"] = BOARD.measured(folder / "board", postgresql=place.format("umkm"))
        results["desks"] = DESKS.measured(folder / "desks", postgresql=place.format("desks"))
        results["append_engine"] = append_engine(folder / "engine", place.format("ledger"))
    results["append_engine"]["pymerkle"] = peers.pymerkle(folder / "pymerkle")
    results["process_mining"] = queries.mined(folder / "mining")
    results["audit"] = audit.measured(folder / "audit")
    results["audit"]["disk_after_a_day_at_one_a_second"] = day.measured(folder)
    results["lanes"] = bus.measured(folder / "lanes")
    results["notices"] = notices.measured(folder / "notices", PORT + 120)
    results["reconcile"] = reconcile.measured(folder / "reconcile")
    results["nats_to_checkpoint"] = nats_to_checkpoint(folder / "messages")
    results["whole_house"] = whole(folder / "house")
    results["footprint"] = footprint.measured()
    results["functions"] = functions.measured()
    results["processes"] = processes.measured(folder / "processes", PORT + 140)
    results["slope"] = slope.on_databases()
    results["ratios"] = ratios(results)
    return results


def machine() -> dict[str, Any]:
    processors = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in processors if "model name" in line), "?")
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "cpu": model,
        "python": platform.python_version(),
        "load_at_start": os.getloadavg()[0],
        "load_generator": "wrk -t1",
    }


def raw(place: str | Path) -> dict[str, float]:
    return {f"{n}_per_transaction": limits.inserts(place, n) for n in (1, 64)}


def at_each(address: str) -> dict[str, Any]:
    wrk(address + FILE, 16, 2)
    return {str(n): wrk(address + FILE, n, SECONDS) for n in CLIENTS}


def intake(data: Path, options: dict[str, str]) -> dict[str, Any]:
    results = {}
    for name, choice in (("group_commit_off", "0"), ("group_commit_on", "1")):
        with house.intake_alone(data / name, PORT, **options, ZI_GROUP_COMMIT=choice) as address:
            results[name] = at_each(address)
        for place in options.values():
            _emptied(place)
    return results


def _emptied(place: str) -> None:
    with psycopg.connect(place, autocommit=True) as admin:
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public")


def append_engine(folder: Path, place: str) -> dict[str, Any]:
    """Leaves a second, beside rows of a table whose rows name each other by hash, in the same database."""
    folder.mkdir()
    rates: dict[str, Any] = {"fsyncs_per_second": limits.flushes(folder)}
    for name, address in (("sqlite", ""), ("postgresql", place)):
        rates[name] = {"leaves": {}, "chained_rows": {}}
        for batch in BATCHES:
            tiles = folder / f"{name}-{batch}"
            rates[name]["leaves"][batch] = ledger.append_rate(address or folder / f"{batch}.db", tiles, batch)
            rates[name]["chained_rows"][batch] = ledger.chained_rate(address or folder / f"{batch}.db", batch)
            if address:
                _emptied(address)
    return rates


def nats_to_checkpoint(data: Path) -> dict[str, Any]:
    with house.ledger_alone(data, PORT + 80) as settings:
        tiles = data / "audit-writer" / "tiles"
        return waiting.from_nats(settings, tiles, MESSAGES, MINUTE)


def whole(data: Path) -> dict[str, Any]:
    with house.whole(data, PORT + 40) as settings:
        resident = house.resident(data)
        figures: dict[str, Any] = {
            "resident_mib": resident | {"all": round(sum(resident.values()), 1)},
            "first_page_bytes": first_page(settings.public_url),
            "event_to_checkpoint": waiting.from_a_request(
                data / "audit-writer" / "tiles", "127.0.0.1", settings.port + 4, RATE, 20
            ),
            "through_the_gateway": {
                str(n): wrk(f"http://127.0.0.1:{settings.port}{FILE}", n, SECONDS) for n in CLIENTS
            },
        }
        figures["resident_mib_after"] = round(sum(house.resident(data).values()), 1)
    return figures


def first_page(address: str) -> dict[str, int]:
    """Count the bytes that a phone fetches for the first page, compressed and plain."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        page = client.get("/")
        links = re.findall(r'(?:href|src)="(/[^"]+\.(?:css|svg|png|ico|js|woff2))"', page.text)
        parts = [page, *(client.get(link) for link in dict.fromkeys(links))]
        return {
            "sent": sum(int(p.headers.get("content-length", p.num_bytes_downloaded)) for p in parts),
            "plain": sum(len(p.content) for p in parts),
        }


def ratios(results: dict[str, Any]) -> dict[str, Any]:
    bare = results["bare_framework"]["64"]["per_second"]
    ratios_by_database = {}
    for name in ("sqlite", "postgresql"):
        on, off = results[name]["group_commit_on"], results[name]["group_commit_off"]
        ratios_by_database[name] = {
            "group_commit_on_to_off_at_64": round(on["64"]["per_second"] / off["64"]["per_second"], 2),
            "of_bare_framework_at_64": round(on["64"]["per_second"] / bare, 3),
            "of_service_shell_at_64": round(
                on["64"]["per_second"] / results["service_shell"]["64"]["per_second"], 3
            ),
            "p99_ms_at_16": on["16"]["p99_ms"],
        }
    return ratios_by_database


def table(results: dict[str, Any]) -> str:
    rows = [("complaints per second (p50 / p99 ms)", *(f"{n} clients" for n in CLIENTS))]
    rows.append(("framework alone, nothing kept", *_cells(results["bare_framework"])))
    rows.append(("the same with the chassis around it", *_cells(results["service_shell"])))
    for name in ("sqlite", "postgresql"):
        for choice in ("group_commit_off", "group_commit_on"):
            rows.append((f"intake, {name}, {choice.replace('_', ' ')}", *_cells(results[name][choice])))
    rows.append(("whole house, through the gateway", *_cells(results["whole_house"]["through_the_gateway"])))
    rows += BOARD.rows(results["board"])
    rows += DESKS.rows(results["desks"])
    width = max(len(row[0]) for row in rows)
    lines = [row[0].ljust(width) + "".join(cell.rjust(24) for cell in row[1:]) for row in rows]
    names = (
        "fsyncs_per_second",
        "append_engine",
        "audit",
        "reconcile",
        "nats_to_checkpoint",
        "notices",
        "letters",
        "ratios",
    )
    rest = {key: results[key] for key in names}
    rest |= {f"raw_inserts_{name}": results[name]["raw_inserts"] for name in ("sqlite", "postgresql")}
    rest |= {k: v for k, v in results["whole_house"].items() if k != "through_the_gateway"}
    return "\n".join([*lines, "", *(f"{name}: {value}" for name, value in rest.items())])


def _cells(at: dict[str, Any]) -> list[str]:
    return [
        f"{at[str(n)]['per_second']:.0f} ({at[str(n)]['p50_ms']:.1f} / {at[str(n)]['p99_ms']:.1f})"
        + (f" {at[str(n)]['failed']:.0f} failed" if at[str(n)]["failed"] else "")
        for n in CLIENTS
    ]


if __name__ == "__main__":
    sys.exit(main())
