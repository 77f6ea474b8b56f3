"""The page and zi-verify on the same evidence: the same statuses and verdicts, and the same things named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.journeys.browser import chromium
from tests.tlog.packed_v1 import pack_v1
from tests.tlog.sample_evidence import (
    BEGIN,
    CASE,
    LOG_KEY,
    POLICY,
    WITNESS,
    MemoryLog,
    SampleCase,
    SampleSender,
    pack,
    sample_zip,
)
from tests.verify.evidence_mutations import Mutator, members, zipped
from tests.verify.sample_log import filed
from tests.web.checker import Checker, Chosen, page_of

from zi_tlog.cosignature import Cosigner
from zi_tlog.evidence import REGISTERED
from zi_tlog.evidence_v1 import Entry
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Group, Log, Policy, Witness, parse_policy
from zi_tlog.proof import parse_proof
from zi_verify.receipt import check_receipt
from zi_verify.report import ReceiptReport
from zi_verify.status import ExitStatus, severest
from zi_verify.verdict import Erased, Failed, Included, Matching, Verdict

pytestmark = pytest.mark.browser

NOW = int((BEGIN + timedelta(days=7)).timestamp())
KEPT_FILES = Path(__file__).parents[1] / "verify" / "kept"
MUTATOR = Mutator(SampleCase(20, checkpoint_every=6), seed=5)
VERDICTS = {Included: "INCLUDED", Matching: "MATCHING", Erased: "ERASED", Failed: "FAIL"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def checker(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    folder = tmp_path_factory.mktemp("saved")
    path = folder / "zona-verify.html"
    path.write_bytes(page_of(folder).content)
    checker = Checker(browser, path.as_uri(), offline=True).open()
    yield checker
    checker.context.close()


def status_of(report: ReceiptReport, *, is_pinned: bool) -> str:
    failed = [ExitStatus.FAIL] if isinstance(report.verdict, Failed) else []
    unpinned = [] if is_pinned else [ExitStatus.NOT_COMPARED]
    return severest([*failed, *unpinned, *(each.status for each in report.shortfalls)]).name


def agrees(
    checker: Checker, zips: dict[str, bytes], pinned: Policy | None, now: int = NOW
) -> dict[str, Verdict]:
    """The verdicts of zi-verify by name, once the page came to the same about every zip."""
    keys = b"" if pinned is None else pinned.format()
    reports = checker.check(Chosen([("evidence.zip", data)], pinned=keys, now=now) for data in zips.values())
    verdicts: dict[str, Verdict] = {}
    for (name, data), page_report in zip(zips.items(), reports, strict=True):
        report = check_receipt(data, pinned, now)
        expected = VERDICTS[type(report.verdict)], status_of(report, is_pinned=pinned is not None)
        assert (page_report["verdict"], page_report["status"]) == expected, (
            name,
            page_report["findings"],
            report.verdict,
        )
        # What can't be read at all the page calls by a name of its own.
        if not isinstance(report.verdict, Failed) or report.verdict.findings[0].file != "evidence":
            assert named(page_report) == named_by(report), name
        verdicts[name] = report.verdict
    return verdicts


def named(report: dict[str, object]) -> set[tuple[str, int | None]]:
    findings: list[dict[str, object]] = report["findings"]  # type: ignore[assignment]
    return {(each["file"], each["index"]) for each in findings}  # type: ignore[misc]


def named_by(report: ReceiptReport) -> set[tuple[str, int | None]]:
    findings = report.verdict.findings if isinstance(report.verdict, Failed) else ()
    return {(each.file, each.index) for each in findings}


OTHER_LOG = Policy((Log(Signer(LOG_KEY.key.name, bytes(32)).key),))
POLICIES: dict[str, Policy | None] = {
    "none": None,
    "its own": POLICY,
    "without witnesses": Policy(POLICY.logs),
    "another key": OTHER_LOG,
    "another witness": Policy(POLICY.logs, (Witness("w", Cosigner("w.example", bytes(32)).key),), (), "w"),
    "two of two": Policy(
        POLICY.logs,
        (Witness("campus", WITNESS.key), Witness("w", Cosigner("w.example", bytes(32)).key)),
        (Group("both", 2, ("campus", "w")),),
        "both",
    ),
}


@pytest.mark.parametrize("name", POLICIES)
def test_good_evidence_under_every_policy(checker: Checker, name: str) -> None:
    case = SampleCase(6)
    zips = {
        "whole": sample_zip(6),
        "nothing pending": pack(case.log, case.private),
        "nothing private": pack(case.log, (), case.pending),
        "another service seals": pack(case.log, case.private, signer=Signer("x", bytes(32))),
    }
    zips |= {type_: of_a_register(type_) for type_ in REGISTERED}
    zips |= {path.name: path.read_bytes() for path in sorted(KEPT_FILES.glob("*.zip"))}
    agrees(checker, zips, POLICIES[name])


def of_a_register(type_: str) -> bytes:
    """A letter that had sixteen others before it, of other cases."""
    _, service, event = type_.split(".")
    log = MemoryLog()
    log.append([SampleSender(service, versions={CASE: 16}).message(BEGIN, event)], BEGIN)
    return pack(log, services=(service,), aggregates={})


@pytest.mark.parametrize("now", [0, NOW - 7 * 86_400, 253_402_300_799])
def test_cosignatures_and_births_are_held_against_the_clock(checker: Checker, now: int) -> None:
    agrees(checker, {"whole": sample_zip(6)}, POLICY, now)


@pytest.mark.parametrize("promised_after", [100, 104, 105, 3600])
def test_a_promise_is_held_against_the_tree_of_the_evidence(checker: Checker, promised_after: int) -> None:
    """The witness signs the tree 105 seconds after the act that is not in it."""
    case = SampleCase(4, MemoryLog(lag=125))
    by = case.at + timedelta(seconds=promised_after)
    evidence = pack(case.log, case.private, case.pending, by=by)
    agrees(checker, {"pending": evidence}, POLICY)
    agrees(checker, {"without witnesses": evidence}, Policy(POLICY.logs))


def test_whatever_is_changed_is_found_and_named(checker: Checker) -> None:
    mutations = {f"{number} {each.kind}": each for number in range(18) if (each := MUTATOR.mutation(number))}
    verdicts = agrees(checker, {name: each.data for name, each in mutations.items()}, POLICY)
    assert all(isinstance(verdict, Failed) for verdict in verdicts.values())


def test_each_member_is_needed_and_none_is_twice(checker: Checker) -> None:
    whole = members(sample_zip(6))
    zips = {
        f"without {name}": zipped({other: whole[other] for other in whole if other != name}) for name in whole
    }
    zips |= {f"{name} changed": zipped(whole | {name: flipped(data)}) for name, data in whole.items()}
    zips |= {f"{name} empty": zipped(whole | {name: b""}) for name in whole}
    zips |= {
        f"{name} added": zipped(whole | {name: b"x"})
        for name in ("entries/001", "tile/7/000", "holiday.jpg", "private/x.json")
    }
    agrees(checker, zips, POLICY)


def cosigned(entry: Entry, witness: Cosigner) -> Entry:
    proof = parse_proof(entry.proof or b"")
    note = parse_note(proof.checkpoint)
    made = note.signed(witness.cosign(note.text, NOW)).format()
    return replace(entry, proof=replace(proof, checkpoint=made).format())


@pytest.mark.parametrize("now", [NOW - 3600, NOW])
def test_the_older_layout_is_held_against_the_clock_too(checker: Checker, tmp_path: Path, now: int) -> None:
    witness = Cosigner("witness.example/w1", bytes(32))
    evidence = filed(tmp_path)[1]
    policy = Policy(parse_policy(evidence.policy).logs, (Witness("campus", witness.key),), (), "campus")
    entries = tuple(cosigned(entry, witness) for entry in evidence.entries)
    verdicts = agrees(checker, {"cosigned": pack_v1(replace(evidence, entries=entries))}, policy, now)
    assert isinstance(verdicts["cosigned"], Failed) == (now < NOW)


@pytest.mark.parametrize("folder", ["evidence-v1.zip", "evidence-v1-erased.zip"])
def test_of_the_older_layout_too(checker: Checker, folder: str) -> None:
    whole = members((KEPT_FILES / folder).read_bytes())
    zips = {
        f"without {name}": zipped({other: whole[other] for other in whole if other != name}) for name in whole
    }
    zips |= {f"{name} changed": zipped(whole | {name: flipped(data)}) for name, data in whole.items()}
    agrees(checker, zips, None)


def test_a_changed_byte_of_the_zip_itself_never_passes_for_more(checker: Checker) -> None:
    data = sample_zip(2)
    zips = [data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :] for at in range(0, len(data), 211)]
    zips += [data[:at] for at in range(0, len(data), 1999)]
    for report in checker.check(
        Chosen([("evidence.zip", each)], pinned=POLICY.format(), now=NOW) for each in zips
    ):
        assert report["status"] in ("NOT_WITNESSED_YET", "FAIL", "NOTHING_CHECKED")


def flipped(data: bytes) -> bytes:
    at = len(data) * 2 // 3
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
