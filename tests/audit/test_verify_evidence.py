"""What the page says about evidence of a case: whole, under every policy, and with each member lost, changed or added."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.journeys.browser import chromium
from tests.tlog.sample_evidence import BEGIN, LOG_KEY, POLICY, SampleCase, pack, sample_zip
from tests.web.checker import Checker, Chosen, page_of

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy, Witness
from zi_tlog.tile import decode_bundle, encode_bundle

pytestmark = pytest.mark.browser

NOW = int((BEGIN + timedelta(days=7)).timestamp())
KEPT = Path(__file__).parents[1] / "verify" / "kept"
STRANGER = Policy((Log(Signer(LOG_KEY.key.name, bytes(32)).key),))
ANOTHER_WITNESS = Policy(POLICY.logs, (Witness("w", Cosigner("w.example", bytes(32)).key),), (), "w")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def checker(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    folder = tmp_path_factory.mktemp("saved")
    path = folder / "zona-verify.html"
    path.write_bytes(page_of(folder).content)
    checker = Checker(browser, path.as_uri(), offline=True).open()
    yield checker
    checker.context.close()


def judged(
    checker: Checker, zips: Mapping[str, bytes], pinned: Policy | None = POLICY, now: int = NOW
) -> dict[str, tuple[str, str, list[str]]]:
    """By name: status, verdict, and what the findings say."""
    keys = b"" if pinned is None else pinned.format()
    reports = checker.check(Chosen([("a.zip", data)], pinned=keys, now=now) for data in zips.values())
    lines = [
        [f"{each['file']} {each['index']}: {each['why']}" for each in one["findings"]] for one in reports
    ]
    return {
        name: (one["status"], one["verdict"], said)
        for name, one, said in zip(zips, reports, lines, strict=True)
    }


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def flipped(data: bytes) -> bytes:
    at = len(data) * 2 // 3
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_whole_evidence_is_included_and_matching(checker: Checker) -> None:
    case = SampleCase(6)
    zips = {"pending": sample_zip(6), "all": pack(case.log, case.private), "bare": pack(case.log)}
    statuses = {name: one[:2] for name, one in judged(checker, zips).items()}
    assert statuses == {
        "pending": ("NOT_WITNESSED_YET", "MATCHING"),
        "all": ("HELD", "MATCHING"),
        "bare": ("HELD", "INCLUDED"),
    }
    assert judged(checker, {"all": zips["all"]}, None)["all"][:2] == ("NOT_COMPARED", "MATCHING")


@pytest.mark.parametrize("policy", [STRANGER, ANOTHER_WITNESS], ids=["key", "witness"])
def test_another_key_or_a_missing_quorum_fails(checker: Checker, policy: Policy) -> None:
    assert judged(checker, {"whole": sample_zip(3)}, policy)["whole"][0] == "FAIL"


def test_cosignatures_of_the_future_do_not_count(checker: Checker) -> None:
    status, _, said = judged(checker, {"whole": sample_zip(3)}, now=NOW - 8 * 86_400)["whole"]
    assert (status, "lacks the quorum" in said[0]) == ("FAIL", True)


def test_a_left_out_act_is_named(checker: Checker) -> None:
    case = SampleCase(6)
    indexes = [index for index in (1, 3, 5, 7, 9, 11, 13) if index != 7]
    status, _, said = judged(checker, {"gap": pack(case.log, indexes=indexes)})["gap"]
    assert status == "FAIL"
    assert any("version 3 of" in line and "is missing" in line for line in said)


def test_a_changed_removed_added_or_moved_entry_is_found(checker: Checker) -> None:
    case = SampleCase(6)
    whole = members(pack(case.log, case.private))
    entries = decode_bundle(whole["entries/000"], 7)
    changed = {
        "changed": [*entries[:2], entries[2] + b" ", *entries[3:]],
        "removed": entries[:-1],
        "added": [*entries, entries[0] + b" "],
        "moved": [entries[1], entries[0], *entries[2:]],
    }
    zips = {name: zipped(whole | {"entries/000": encode_bundle(each)}) for name, each in changed.items()}
    found = judged(checker, zips)
    assert {one[0] for one in found.values()} == {"FAIL"}
    assert any("entries/000 5: what the log holds" in line for line in found["changed"][2])
    assert any("entries/000 13: what the log holds" in line for line in found["removed"][2])
    assert any("they were added" in line for line in found["added"][2])
    assert any("entries/000 1: the entries are not in the order" in line for line in found["moved"][2])


def test_each_member_is_needed_and_none_is_added_unseen(checker: Checker) -> None:
    whole = members(sample_zip(1))
    needed = [name for name in whole if name != "README.txt"]
    spoilt = {f"without {name}": {each: whole[each] for each in whole if each != name} for name in needed}
    spoilt |= {f"{name} changed": whole | {name: flipped(whole[name])} for name in needed}
    spoilt |= {
        f"{name} added": whole | {name: b"x"} for name in ("entries/001", "private/x.json", "pending/x.json")
    }
    # The policy of the zip itself counts only where the reader brings none.
    found = judged(checker, {name: zipped(files) for name, files in spoilt.items()}, None)
    assert {name: one[0] for name, one in found.items() if one[0] != "FAIL"} == {}


def test_a_member_that_nothing_depends_on_is_named_as_not_checked(checker: Checker) -> None:
    data = zipped(members(sample_zip(1)) | {"holiday.jpg": b"x"})
    [report] = checker.check([Chosen([("a.zip", data)], pinned=POLICY.format(), now=NOW)])
    assert any(
        "Not checked, as they prove nothing: README.txt, holiday.jpg" in each for each in report["remarks"]
    )


def test_kept_evidence_of_the_older_layout_still_verifies(checker: Checker) -> None:
    zips = {path.name: path.read_bytes() for path in sorted(KEPT.glob("*.zip"))}
    found = {name: one[:2] for name, one in judged(checker, zips, None).items()}
    assert found["evidence-v1.zip"] == ("NOT_COMPARED", "MATCHING")
    assert found["evidence-v1-erased.zip"] == ("NOT_COMPARED", "ERASED")


@pytest.mark.parametrize("kept", ["evidence-v1.zip", "evidence-v1-erased.zip"])
def test_a_changed_member_of_the_older_layout_fails(checker: Checker, kept: str) -> None:
    whole = members((KEPT / kept).read_bytes())
    needed = [name for name in whole if name not in ("README.txt", "timeline.txt")]
    found = judged(checker, {name: zipped(whole | {name: flipped(whole[name])}) for name in needed}, None)
    assert {name for name, one in found.items() if one[0] != "FAIL"} == set()


def test_a_changed_byte_of_the_zip_itself_never_passes_for_more(checker: Checker) -> None:
    data = sample_zip(1)
    zips = {str(at): data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :] for at in range(0, len(data), 97)}
    zips |= {f"{at} left": data[:at] for at in range(0, len(data), 997)}
    for status, _, _ in judged(checker, zips).values():
        assert status in ("NOT_WITNESSED_YET", "FAIL", "NOTHING_CHECKED")
