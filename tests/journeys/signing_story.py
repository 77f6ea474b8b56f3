"""A letter that needs its signatory twice and its timestamp three times: the certificate of the first signature is revoked before the seal,
and the authority of the timestamps has certificates that end soon. Both are services of others beside the house."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import tsp
from tests.journeys.certificates import API, Certificates, OpenedCase
from tests.journeys.door import good
from tests.journeys.house import House, await_
from tests.journeys.tools import ToolResult, verify_certificate
from tests.letters.archival import broken_clauses, errors_found_by_others
from tests.letters.signing_provider import IDENTITY, KEY, PASSPHRASE, ROOT, parts, provider, signed_by
from tests.letters.stand_in import PlayedAnswer, PlayedRequest
from tests.letters.test_personal_signature import revoked

from zi_letters.local_authority import make_authority
from zi_letters.seal import LocalSeal
from zi_letters.timestamps import LocalTimestamps
from zi_verify.status import ExitStatus

REFUSED = "urn:zona:problem:passphrase_refused"
CERTIFIED_DAYS = 3 * 365
# The certificates of the timestamps' authority end in so many days: the first at the seal, each other at a renewal.
FIRST, *LATER = 60, 100, 140, 500
MISSED = "nobody had renewed its timestamp"


class SigningProvider:
    """The signing service of officials; `key` is the newest of the official."""

    def __init__(self) -> None:
        self.key: LocalSeal = KEY

    def __call__(self, request: PlayedRequest) -> PlayedAnswer:
        answer = provider(request)
        if answer.status != 200 or self.key is KEY:
            return answer
        return PlayedAnswer(200, answer.kind, signed_by(self.key, parts(request)["file"]))


class TimestampOffice:
    """An authority of timestamps; it is away until it has its first certificate."""

    def __init__(self) -> None:
        self.root = make_authority("Otoritas Waktu Contoh", datetime.now(UTC), 30)
        self._clock: LocalSeal | None = None

    def certify(self, days: int) -> None:
        """From now on with a certificate that ends in so many days."""
        begins = datetime.now(UTC) + timedelta(days=days - CERTIFIED_DAYS)
        self._clock = self.root.make_clock("Waktu Contoh", begins)

    def __call__(self, request: PlayedRequest) -> PlayedAnswer:
        if self._clock is None:
            return PlayedAnswer(503, "text/plain", b"closed")
        stamps = LocalTimestamps(self._clock, datetime.now(UTC))
        reply = stamps.answer(tsp.TimeStampReq.load(request.body)).dump()
        return PlayedAnswer(200, "application/timestamp-reply", reply)


def signing_settings(folder: Path, signing: str, times: TimestampOffice, timestamps: str) -> dict[str, str]:
    """Of an office whose signer is known to the signing service, and which takes its timestamps from others."""
    officials, certified = folder / "officials.toml", folder / "times.pem"
    list_revoked(folder, _none_revoked())
    officials.write_text(f'[officials]\n"signer" = "{IDENTITY}"\n')
    certified.write_bytes(times.root.pem)
    return {
        "ZI_SIGNING_URL": signing,
        "ZI_SIGNING_USER": "kantor",
        "ZI_SIGNING_PASSWORD": "sandi-kantor",
        "ZI_SIGNING_AUTHORITY": str(folder / "signatories.pem"),
        "ZI_SIGNING_OFFICIALS": str(officials),
        "ZI_TIMESTAMP_URL": timestamps,
        "ZI_TIMESTAMP_AUTHORITY": str(certified),
    }


def list_revoked(folder: Path, listed: bytes) -> None:
    """Put a list (PEM) of revoked certificates of officials beside who certifies them; services read it when they start."""
    (folder / "signatories.pem").write_bytes(ROOT.pem + listed)


def _none_revoked() -> bytes:
    now = datetime.now(UTC)
    return ROOT.revoked_none(now, now + timedelta(days=30))


def sign_personally(certificates: Certificates, case: OpenedCase) -> None:
    """Once the ledger has proven the page: by who decided, with the right passphrase."""
    where = _signature(case)
    await_(
        lambda: certificates.official("signer", where, {"passphrase": "salah"}).json().get("type") == REFUSED
    )
    other = certificates.official("head", where, {"passphrase": PASSPHRASE})
    assert (other.status_code, other.json()["type"]) == (409, "urn:zona:problem:not_the_signatory")
    certificates.does("signer", where, {"passphrase": PASSPHRASE})
    assert PASSPHRASE not in certificates.export()


def lapse_and_sign_again(
    house: House, certificates: Certificates, case: OpenedCase, signing: SigningProvider, folder: Path
) -> None:
    """The certificate is revoked while the letter has no seal; the next one needs a second person."""
    assert certificates.read(case)["letters"][0]["standing"] is None
    list_revoked(folder, revoked())
    house.kill("certificates")
    await_(lambda: "letter_signature_lapsed" in events(certificates, case))
    assert _refusal(certificates, case) == "urn:zona:problem:no_signature_certificate"
    signing.key = ROOT.make_seal("Pejabat Contoh", datetime.now(UTC))
    assert _refusal(certificates, case) == "urn:zona:problem:other_certificate"
    query = {"text": "signer"}
    listed = good(
        certificates.client.get(f"{API}/signatories", params=query, headers=certificates.staff("head"))
    )
    [waits] = [each for each in listed if each["offered"]]
    offered = {"certificate": waits["offered"]}
    certificates.does("head", f"signatories/{waits['signatory']}/confirm", offered)
    certificates.does("signer", _signature(case), {"passphrase": PASSPHRASE})


def _refusal(certificates: Certificates, case: OpenedCase) -> str:
    answer = certificates.official("signer", _signature(case), {"passphrase": PASSPHRASE})
    assert answer.status_code == 409, answer.text
    return str(answer.json()["type"])


def _signature(case: OpenedCase) -> str:
    return f"applications/{case['ticket']}/personal-signature"


def events(certificates: Certificates, case: OpenedCase) -> list[str]:
    return [str(step["event"]) for step in certificates.read(case)["timeline"]]


def renew_three_times(
    house: House, certificates: Certificates, case: OpenedCase, times: TimestampOffice, folder: Path
) -> None:
    """By each next process, as long as the last certificate ends soon; whoever looks at it much later sees whether one was missed."""
    [letter] = certificates.read(case)["letters"]
    files = [certificates.file(case, letter)]
    for number, days in enumerate(LATER, 1):
        times.certify(days)
        house.kill("certificates")
        await_(lambda number=number: events(certificates, case).count("letter_renewed") == number)  # type: ignore[misc]
        files.append(certificates.file(case, letter))
        assert files[-1].startswith(files[-2])
    assert [certificates.verdict_of(each)["outcome"] for each in files] == ["genuine"] * 4
    *_, missed, renewed = files
    assert errors_found_by_others(renewed) == broken_clauses(renewed) == []
    now = two_signatures(certificates, renewed, folder)
    assert (now.code, "Pejabat Contoh" in now.text) == (0, True), now.text
    between = datetime.now(UTC) + timedelta(days=(LATER[-2] + LATER[-1]) // 2)
    assert MISSED not in two_signatures(certificates, renewed, folder, "--at", str(between.date())).text
    late = two_signatures(certificates, missed, folder, "--at", str(between.date()))
    assert (late.code, MISSED in late.text) == (ExitStatus.NOT_VALID_THEN.code, True), late.text


def two_signatures(certificates: Certificates, pdf: bytes, folder: Path, *options: str) -> ToolResult:
    """Let `zi-verify certificate` judge the seal and the personal signature beneath it."""
    file, office, people, policy = (
        folder / name for name in ("two.pdf", "office.pem", "people.pem", "policy")
    )
    file.write_bytes(pdf)
    office.write_bytes(certificates.client.get(f"{API}/authority").content)
    people.write_bytes(certificates.client.get(f"{API}/authority/signatories").content)
    policy.write_bytes(certificates.client.get("/audit/api/witness-policy").content)
    arguments = ("--ca", str(office), "--policy", str(policy), "--signatories", str(people))
    return verify_certificate(file, *arguments, *options)
