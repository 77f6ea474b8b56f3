"""Timestamps: what the office's own clock states satisfies others, and what an authority of others answers is checked before it is believed."""

import asyncio
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from asn1crypto import tsp
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from tests.certificates.tools import ran
from tests.letters.sample_clock import DAY, SampleClock
from tests.letters.sample_letter import NOW, authority, unsealed
from tests.letters.stand_in import PlayedAnswer, PlayedRequest, played

from zi_chassis.settings import Settings
from zi_letters.archive import TimestampError, archive, archived_until
from zi_letters.clocks import TimestampAuthorityError, TimestampSource, load_clock
from zi_letters.evidence import evidence_in
from zi_letters.pdf_worker import ArchiveJob, finished_file
from zi_letters.timestamps import HttpTimestamps

REPLY = "application/timestamp-reply"


def settings(folder: Path, **named: object) -> Settings:
    return Settings.model_validate(
        {"service": "certificates", "data": folder, "public_url": "https://office.example", **named}
    )


def test_openssl_accepts_what_the_office_states(tmp_path: Path) -> None:
    clock = SampleClock()
    (tmp_path / "data").write_bytes(b"a letter")
    (tmp_path / "root.pem").write_bytes(clock.root.pem)
    query, reply = str(tmp_path / "query"), tmp_path / "reply"
    ran("openssl", "ts", "-query", "-data", str(tmp_path / "data"), "-sha256", "-cert", "-out", query)
    reply.write_bytes(clock.stamps.answer(tsp.TimeStampReq.load(Path(query).read_bytes())).dump())
    checking = ("openssl", "ts", "-verify", "-in", str(reply), "-CAfile", str(tmp_path / "root.pem"))
    assert "Time stamp:" in ran("openssl", "ts", "-reply", "-in", str(reply), "-text")
    ran(*checking, "-data", str(tmp_path / "data"))


async def test_the_library_itself_accepts_a_letter_for_the_long_term(tmp_path: Path) -> None:
    """With lists of revoked certificates required, and none fetched."""
    root, clock = authority(), SampleClock()
    page, listed = unsealed(tmp_path), root.revoked_none(NOW, NOW + 3000 * DAY)
    seal = root.make_seal("Balai POM Contoh", NOW)
    sealed = await asyncio.to_thread(clock.sealed, page, seal)
    # A letter of a service carries the seal's list from the first timestamp on.
    archived = await archive(
        sealed, clock.stamps, evidence_in(root.pem + listed), evidence_in(clock.root.pem)
    )
    roots = evidence_in(root.pem + clock.root.pem).certificates
    trusted = SimpleTrustManager.build(trust_roots=roots)
    policy = CertValidationPolicySpec(trusted, CertRevTrustPolicy(REQUIRE_REVINFO))
    offline = RevocationInfoGatheringSpec(online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, offline))
    [signature] = PdfFileReader(BytesIO(archived)).embedded_regular_signatures
    judged = await ades_lta_validation(signature, spec)
    assert judged.api_status is not None
    assert judged.api_status.bottom_line
    assert judged.ades_subindic.name == "OK"


async def test_an_authority_over_http_stamps_a_letter(tmp_path: Path) -> None:
    clock, page = SampleClock(), unsealed(tmp_path)
    requests: list[PlayedRequest] = []

    def answer(request: PlayedRequest) -> PlayedAnswer:
        requests.append(request)
        return PlayedAnswer(200, REPLY, clock.stamps.answer(tsp.TimeStampReq.load(request.body)).dump())

    with played(answer) as url:
        async with httpx.AsyncClient(trust_env=False) as client:
            pdf = await archive(
                await authority().make_seal("Balai", NOW).sign(page),
                HttpTimestamps(url, client),
                clock.evidence,
                evidence_in(clock.root.pem),
            )
    assert archived_until(pdf) == x509.load_der_x509_certificate(clock.clock.certificate).not_valid_after_utc
    assert {each.headers["Content-Type"] for each in requests} == {"application/timestamp-query"}


# TimeStampResp of a rejection (status 2), which has no token.
REFUSED = bytes.fromhex("30053003020102")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (PlayedAnswer(503, "text/plain", b"busy"), "answered 503"),
        (PlayedAnswer(200, "text/html", b"<p>sign in</p>"), "answered 200, text/html"),
        (PlayedAnswer(200, REPLY, b"no answer"), "malformed"),
        (PlayedAnswer(200, REPLY, bytes(70_000)), "answered 200"),
        (PlayedAnswer(200, REPLY, REFUSED), "refused, or"),
    ],
)
async def test_an_authority_that_gives_none_stamps_nothing(answer: PlayedAnswer, why: str) -> None:
    with played(lambda _: answer) as url:
        async with httpx.AsyncClient(trust_env=False) as client:
            with pytest.raises(TimestampRequestError, match=why):
                await HttpTimestamps(url, client).async_timestamp(bytes(32), "sha256")


async def test_an_authority_that_is_away_stamps_nothing() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(TimestampRequestError, match="ConnectError"):
            await HttpTimestamps("http://127.0.0.1:9", client).async_timestamp(bytes(32), "sha256")


async def test_a_timestamp_of_another_authority_than_the_named_one_is_refused(tmp_path: Path) -> None:
    sealed, clock = await authority().make_seal("Balai", NOW).sign(unsealed(tmp_path)), SampleClock()
    with pytest.raises(TimestampError, match="not certified"):
        await archive(sealed, clock.stamps, clock.evidence, evidence_in(SampleClock().root.pem))


async def test_a_digest_that_the_clock_does_not_know_is_refused() -> None:
    with pytest.raises(TimestampRequestError, match="SHA-256 only"):
        await SampleClock().stamps.async_timestamp(bytes(64), "sha512")


def test_a_clock_is_followed_by_the_next_one_in_time_under_the_same_authority(tmp_path: Path) -> None:
    clock = load_clock(settings(tmp_path), b"")
    first = clock.source(NOW)
    assert clock.source(NOW + 700 * DAY).clock_certificate == first.clock_certificate
    ends = []
    for years in range(0, 20, 2):
        source = clock.source(NOW + years * 365 * DAY)
        ends.append(x509.load_der_x509_certificate(source.clock_certificate))
        ends[-1].verify_directly_issued_by(x509.load_pem_x509_certificate(clock.roots))
        assert ends[-1].not_valid_after_utc - source.at > timedelta(days=365)
    assert load_clock(settings(tmp_path), b"").roots == clock.roots
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "certificates/secrets").iterdir()} == {0o600}


def test_an_authority_whose_clock_is_wrong_stamps_nothing(tmp_path: Path) -> None:
    clock, sealed = (
        SampleClock().later(-100),
        asyncio.run(authority().make_seal("Balai", NOW).sign(unsealed(tmp_path))),
    )

    def answer(request: PlayedRequest) -> PlayedAnswer:
        return PlayedAnswer(200, REPLY, clock.stamps.answer(tsp.TimeStampReq.load(request.body)).dump())

    with played(answer) as url:
        source = TimestampSource(evidence=clock.source.evidence, roots=clock.root.pem, at=NOW, url=url)
        with pytest.raises(TimestampError, match="clock says"):
            finished_file(ArchiveJob(file=sealed, timestamps=source))


def test_an_authority_of_others_is_named_with_its_certificate(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(SampleClock().root.pem)
    (tmp_path / "empty.pem").write_bytes(b"")
    named = settings(tmp_path, timestamp_url="http://127.0.0.1:9", timestamp_authority=tmp_path / "root.pem")
    source = load_clock(named, b"").source()
    assert (source.url, source.clock_key) == ("http://127.0.0.1:9", b"")
    with pytest.raises(TimestampAuthorityError, match="both or neither"):
        load_clock(settings(tmp_path, timestamp_url="http://127.0.0.1:9"), b"")
    for file, why in (("empty.pem", "holds no certificate"),):
        wrong = {"timestamp_url": "http://127.0.0.1:9", "timestamp_authority": tmp_path / file}
        with pytest.raises(TimestampAuthorityError, match=why):
            load_clock(settings(tmp_path, **wrong), b"")
