"""Certificates: letters issued from signature to seal in a whole house, letters looked up by number among a hundred thousand, and what
one file takes to be made, with its proof in it, and signed. Alone, with SQLite only: `python -m bench.letters`."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from tests.journeys.certificates import CHINA, SKE, Certificates, OpenedCase
from tests.journeys.house import await_, sign_in
from tests.letters.sample_clock import SampleClock
from tests.letters.sample_letter import CODE_KEY, CONTENT, NOW, TEMPLATE, authority, issued

from bench import house
from bench.load import wrk
from zi_certificates.container import CertificatesOffice
from zi_chassis.clock import Clock
from zi_chassis.settings import Settings
from zi_chassis.storage.recorded import rfc3339
from zi_letters.pdf_worker import PdfWorker, RenderJob

PORT = 18_800
APPLICATIONS, SIGNERS = 24, 4
FILES = 40
LETTERS, AT_ONCE = 100_000, 5_000
CLIENTS, SECONDS = (1, 4, 16), 4
SCRIPT = Path(__file__).with_name("verify.lua")
VERIFY = "/certificates/api/verify"
COLUMNS = (
    *("letter", "application", "ticket", "account", "business_ref", "series", "kind", "goods", "countries"),
    *("content", "template", "valid_until", "signed_at", "signer", "number", "event_id", "issued_at", "year"),
    *("file", "sealed_at", "standing", "since"),
)
INSERT = f"INSERT INTO letters ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="zona-letters-") as folder:
        print(json.dumps(measured(Path(folder)), indent=1))
    return 0


def measured(folder: Path, port: int = PORT, **databases: str) -> dict[str, Any]:
    """`databases` are further ones in which letters are looked up, by name."""
    results: dict[str, Any] = {"file": asyncio.run(files(folder / "file"))}
    results["by_number"] = {"letters": LETTERS}
    for name, place in {"sqlite": "", **databases}.items():
        results["by_number"][name] = looked_up(folder / name, port, place)
    results["issued"] = issuing(folder / "house", port)
    return results


# -- a file


async def files(folder: Path) -> dict[str, float]:
    """Made, with what it rests on in it, and signed; the process that does so runs already."""
    worker, job = PdfWorker(), _job(folder)
    await worker.make(job)
    taken = []
    for _ in range(FILES):
        begun = time.perf_counter()
        await worker.make(job)
        taken.append((time.perf_counter() - begun) * 1000)
    await worker.close()
    taken.sort()
    return {"p50_ms": round(taken[FILES // 2], 1), "p95_ms": round(taken[FILES * 95 // 100], 1)}


def _job(folder: Path) -> RenderJob:
    entry, seal = issued(folder), authority().make_seal("Balai POM Contoh", NOW)
    return RenderJob(
        content=CONTENT.render(),
        template=TEMPLATE,
        message=entry.message,
        proof=entry.proof,
        policy=entry.policy,
        code_key=CODE_KEY.skey,
        seal_key=seal.key,
        seal_certificate=seal.certificate,
        timestamps=SampleClock().source,
    )


# -- by number


def looked_up(data: Path, port: int, place: str) -> dict[str, Any]:
    """Over HTTP past the gateway, each time another letter."""
    settings = Settings(service="certificates", data=data, port=port, demo=True, database=place)
    fill(CertificatesOffice(settings, Clock()))
    with house.certificates_alone(data, port, ZI_DATABASE=place) as address:
        answer = httpx.get(f"{address}{VERIFY}/SKI-2026-{LETTERS:06}", trust_env=False).json()
        if not answer["valid_today"]:
            raise RuntimeError(f"A letter that is there was not found: {answer}")
        wrk(address + VERIFY, 4, 1, SCRIPT)
        return {str(n): wrk(address + VERIFY, n, SECONDS, SCRIPT) for n in CLIENTS}


def fill(office: CertificatesOffice) -> None:
    """Letters as they stand in the read model, of which alone verification asks."""
    office.store.open()
    for begin in range(0, LETTERS, AT_ONCE):
        with office.store.database.transaction() as tx:
            tx.many(INSERT, [_row(number) for number in range(begin + 1, begin + AT_ONCE + 1)])
    office.store.close()


def _row(number: int) -> Sequence[object]:
    at = rfc3339(datetime(2026, 1, 2, tzinfo=UTC))
    letter, application, account, event = (
        str(uuid5(NAMESPACE_URL, f"{what} {number}"))
        for what in ("letter", "application", "account", "event")
    )
    return (
        *(letter, application, f"T{number:08}", account, f"{number:064x}"),
        *("ski", "ski_post_border", "pangan_olahan", "MY", "c" * 64, "d" * 64),
        *(date(9999, 1, 1).isoformat(), at, "signer", f"SKI-2026-{number:06}", event, at, 2026),
        *(f"{number:064x}", at, "valid", at),
    )


# -- from the signature to the seal


def issuing(data: Path, port: int) -> dict[str, float]:
    """Applications with two letters each, found good by two evaluators; from the first signature until every letter verifies by its
    number."""
    with (
        house.whole(data, port) as settings,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        certificates = Certificates(client, _staff(settings.public_url))
        ready = list(prepared(certificates))
        letters = 2 * len(ready)
        sign = _signing(certificates)
        begun = time.perf_counter()
        with ThreadPoolExecutor(SIGNERS) as pool:
            signed = sorted(pool.map(sign, ready))
        await_(lambda: _sealed(client) == letters)
        taken = time.perf_counter() - begun
        numbers = [
            each["number"] for application in ready for each in certificates.read(application)["letters"]
        ]
        if not all(certificates.verdict(number)["valid_today"] for number in numbers):
            raise RuntimeError("A letter that was sealed does not verify.")
        return {
            "letters": letters,
            "seconds": round(taken, 2),
            "letters_per_second": round(letters / taken, 2),
            "signature_p50_ms": round(signed[len(signed) // 2] * 1000, 1),
        }


def prepared(certificates: Certificates) -> Iterator[OpenedCase]:
    """All of one company."""
    company, account = "Angka", None
    for _ in range(APPLICATIONS):
        ticket = certificates.queued(company, SKE | CHINA, account=account)
        certificates.evaluated(ticket)
        account = account or ticket
        yield ticket


def _signing(certificates: Certificates) -> Callable[[OpenedCase], float]:
    def sign(application: OpenedCase) -> float:
        revision = certificates.revision(application)
        begun = time.perf_counter()
        certificates.decide("signer", application, "sign", revision)
        return time.perf_counter() - begun

    return sign


def _sealed(client: httpx.Client) -> int:
    tallies = client.get("/certificates/api/register").json()["tallies"]
    return sum(each["valid"] for each in tallies)


def _staff(public_url: str) -> Callable[[str], dict[str, str]]:
    @cache
    def staff(person: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {sign_in(public_url, person)}"}

    return staff


if __name__ == "__main__":
    sys.exit(main())
