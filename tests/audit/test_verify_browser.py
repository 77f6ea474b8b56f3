"""Answers of the page about evidence, receipts and codes of letters, in Chromium: the same as zi-verify, and never more."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.journeys.axe import prepare, violations
from tests.journeys.browser import chromium
from tests.tlog.test_letter import ADDRESS, CODE
from tests.tlog.test_letter import KEY as LETTER_KEY
from tests.verify.sample_log import LOG_KEY, SampleLog, sample_messages
from tests.verify.sample_log import POLICY as SAMPLE_POLICY
from tests.web.checker import INSECURE, SECURE, Checker, Chosen, page_of

from zi_tlog.cosignature import Cosigner
from zi_tlog.note import Signer
from zi_tlog.policy import Log, Policy

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parents[1] / "tlog" / "vectors"
KEPT_FILES = Path(__file__).parents[1] / "verify" / "kept"
ADDRESS_OF_PAGE = "/audit/verify"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as chrome:
        yield chrome


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as somebody saved it."""
    folder = tmp_path_factory.mktemp("saved")
    path = folder / "zona-verify.html"
    path.write_bytes(page_of(folder, "?lang=en&save=1").content)
    return path


@pytest.fixture(scope="module")
def checker(browser: Browser, saved: Path) -> Iterator[Checker]:
    """The saved page, opened without any network."""
    checker = Checker(browser, saved.as_uri(), offline=True).open()
    yield checker
    checker.context.close()


def evaluated(checker: Checker, expression: str, *arguments: object) -> object:
    return checker.page.evaluate(expression, list(arguments))


# -- where it can check, and where it says that it can't


def test_a_saved_page_checks_without_network(checker: Checker) -> None:
    text = checker.choose(("evidence.zip", (KEPT_FILES / "evidence-v1.zip").read_bytes()))
    assert text.startswith(
        "Included and matching. It fits together, but the keys were compared with nothing."
    )
    assert evaluated(checker, "() => isSecureContext") is True


def test_behind_an_address_it_obeys_its_own_policy_and_asks_for_nothing_more(
    browser: Browser, tmp_path: Path
) -> None:
    checker = Checker(browser, SECURE + ADDRESS_OF_PAGE, page_of(tmp_path)).open()
    checker.choose(("evidence.zip", (KEPT_FILES / "evidence-v1.zip").read_bytes()))
    assert checker.sign == "warning"
    assert checker.requests == [SECURE + ADDRESS_OF_PAGE]
    assert checker.errors == []
    refused = "() => fetch('/').then(() => 'asked', () => 'refused')"
    assert evaluated(checker, refused) == "refused"
    checker.context.close()


SPOILED = {
    "no Ed25519": "crypto.subtle.importKey = () => Promise.reject(new Error())",
    "yes to all": "crypto.subtle.verify = async () => true",
    "no to all": "crypto.subtle.verify = async () => false",
    "wrong hashes": "crypto.subtle.digest = async () => new ArrayBuffer(32)",
    "no streams": "delete globalThis.DecompressionStream",
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_browser_that_can_not_check_is_told_so(browser: Browser, saved: Path, what: str) -> None:
    checker = Checker(browser, saved.as_uri())
    checker.page.add_init_script(SPOILED[what])
    checker.open().page.wait_for_selector("#cannot:visible")
    assert not checker.page.is_visible("#check")
    [report] = checker.check([Chosen([("evidence.zip", (KEPT_FILES / "evidence-v1.zip").read_bytes())])])
    assert (report["status"], report["remarks"]) == ("NOTHING_CHECKED", ["This browser can't check here."])
    checker.context.close()


def test_an_address_that_is_not_secure_can_not_check(browser: Browser, tmp_path: Path) -> None:
    checker = Checker(browser, INSECURE + ADDRESS_OF_PAGE, page_of(tmp_path)).open()
    checker.page.wait_for_selector("#cannot:visible")
    assert evaluated(checker, "() => isSecureContext") is False
    assert not checker.page.is_visible("#check")
    checker.context.close()


def test_without_script_it_names_the_program(browser: Browser, saved: Path) -> None:
    checker = Checker(browser, saved.as_uri(), java_script_enabled=False).open()
    assert "zi-verify receipt evidence.zip" in checker.page.inner_text("noscript")
    assert not checker.page.is_visible("#check")
    checker.context.close()


# -- vectors of others


def test_a_receipt_of_the_specification_is_included_under_its_policy(checker: Checker) -> None:
    proof, policy = ((VECTORS / f"three_entries.{kind}").read_bytes() for kind in ("tlog-proof", "policy"))
    script = """async ([proof, policy]) => {
      const head = await verifyProof(parseProof(encode(proof)), encode("b"), await parsePolicy(encode(policy)), 1800000000)
      return [head.origin, head.size, [...head.cosigned]]
    }"""
    assert evaluated(checker, script, proof.decode(), policy.decode()) == [
        "ledger.example/audit",
        3,
        [["w1", 1767000000]],
    ]
    changed = "([proof, policy]) => parsePolicy(encode(policy)).then((read) => verifyProof(parseProof(encode(proof)), encode('c'), read, 1800000000)).then(() => 'held', (error) => error.message)"
    assert (
        evaluated(checker, changed, proof.decode(), policy.decode())
        == "The leaf hash is not in the tree of the checkpoint."
    )


def test_the_trees_of_the_reference_have_their_roots(checker: Checker) -> None:
    vectors = json.loads((VECTORS / "rfc6962_eight_leaves.json").read_text())
    roots = """async ([leaves]) => {
      const hashes = await Promise.all(leaves.map((leaf) => leafHash(Uint8Array.from(leaf.match(/../g) ?? [], (pair) => parseInt(pair, 16)))))
      const read = (level, index) => fold(concat(...hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)))
      return Promise.all(hashes.map(async (_, at) => hex(await treeRoot(at + 1, read))))
    }"""
    assert evaluated(checker, roots, vectors["leaves"]) == vectors["roots"]


def test_the_paths_of_tiles_are_those_of_the_specification(checker: Checker) -> None:
    paths = "() => [0, 272, 273].map((index) => tileAt(0, index, 70000).path).concat([0, 1].map((index) => tileAt(1, index, 70000).path), tileAt(2, 0, 70000).path, tilePath(0, 1234067, 256))"
    assert evaluated(checker, paths) == [
        *(VECTORS / "tiles_of_70000.txt").read_text().split(),
        "tile/0/x001/x234/067",
    ]


def test_a_policy_of_groups_is_read_as_the_specification_has_it(checker: Checker) -> None:
    text = (VECTORS / "x_and_y.policy").read_text()
    groups = "([text]) => parsePolicy(encode(text)).then(({ quorum, groups }) => [quorum, groups.map(({ name, threshold }) => [name, threshold])])"
    assert evaluated(checker, groups, text) == [
        "X-and-Y",
        [["X-witnesses", 2], ["Y-witnesses", 1], ["X-and-Y", 2]],
    ]


# -- receipts


RECEIPT = (VECTORS / "three_entries.tlog-proof").read_bytes()
POLICY_OF_RECEIPT = (VECTORS / "three_entries.policy").read_bytes()


def receipt_of(
    tmp_path: Path, policy: Policy = SAMPLE_POLICY
) -> tuple[tuple[str, bytes], tuple[str, bytes], bytes]:
    """A receipt and its message out of a log, and the policy."""
    log = SampleLog(tmp_path, sample_messages(7))
    return ("a.tlog-proof", log.receipt(4)), ("a.json", log.entries[4]), policy.format()


def test_a_receipt_is_checked_with_its_message_in_any_order(checker: Checker, tmp_path: Path) -> None:
    proof, message, policy = receipt_of(tmp_path)
    chosen = [Chosen([proof, message], pinned=policy), Chosen([message, proof], policy=policy)]
    pinned, offered = checker.check(chosen)
    assert (pinned["status"], pinned["verdict"], pinned["isPinned"]) == ("PASSED", "INCLUDED", True)
    assert (offered["status"], offered["verdict"], offered["isPinned"]) == ("NOT_COMPARED", "INCLUDED", False)


def test_no_changed_byte_of_a_receipt_or_its_message_is_included(checker: Checker, tmp_path: Path) -> None:
    proof, message, policy = receipt_of(tmp_path)
    changed = [Chosen([(proof[0], each), message], pinned=policy) for each in flipped(proof[1], 3)]
    changed += [Chosen([proof, (message[0], each)], pinned=policy) for each in flipped(message[1], 5)]
    for report in checker.check(changed):
        assert report["status"] in ("FAIL", "NOTHING_CHECKED")  # a file that is no receipt any more is none


def test_a_receipt_under_another_key_or_without_its_quorum_fails(checker: Checker, tmp_path: Path) -> None:
    proof, message, policy = receipt_of(tmp_path)
    stranger = Policy((Log(Signer(LOG_KEY.key.name, bytes(32)).key),)).format()
    witnessed = policy.replace(
        b"quorum none", b"witness w " + Cosigner("w.example", bytes(32)).key.vkey.encode() + b"\nquorum w"
    )
    for wrong in (stranger, witnessed):
        [report] = checker.check([Chosen([proof, message], pinned=wrong)])
        assert report["status"] == "FAIL"


def test_a_cosignature_of_the_future_does_not_count(checker: Checker) -> None:
    message = ("b.json", b"b")
    [dated] = checker.check([Chosen([("a.tlog-proof", RECEIPT), message], pinned=POLICY_OF_RECEIPT)])
    assert (dated["status"], dated["verdict"]) == ("PASSED", "INCLUDED")
    [report] = checker.check(
        [Chosen([("a.tlog-proof", RECEIPT), message], pinned=POLICY_OF_RECEIPT, now=1_766_999_000)]
    )
    assert "lacks the quorum w1 of witnesses: nobody" in report["findings"][0]["why"]


@pytest.mark.parametrize(
    "pinned",
    [
        b"quorum none",
        b"log nonsense\nquorum none",
        POLICY_OF_RECEIPT + POLICY_OF_RECEIPT,
        POLICY_OF_RECEIPT.replace(b"quorum", b"Quorum"),
    ],
)
def test_keys_that_can_not_be_read_check_nothing_or_fail(
    checker: Checker, tmp_path: Path, pinned: bytes
) -> None:
    proof, message, _ = receipt_of(tmp_path)
    [report] = checker.check([Chosen([proof, message], pinned=pinned)])
    assert report["status"] in ("FAIL", "NOTHING_CHECKED")


def test_what_makes_no_whole_checks_nothing(checker: Checker, tmp_path: Path) -> None:
    proof, message, policy = receipt_of(tmp_path)
    evidence = ("evidence.zip", (KEPT_FILES / "evidence-v1.zip").read_bytes())
    for files, letter in (
        ([], ""),
        ([proof], ""),
        ([message], ""),
        ([evidence, evidence], ""),
        ([evidence, message], ""),
        ([proof, message, message], ""),
        ([evidence], "https://office.example/1#code"),
    ):
        [report] = checker.check([Chosen(files, letter=letter, pinned=policy)])
        assert report["status"] == "NOTHING_CHECKED"


# -- codes of letters


CODE_TEXT = CODE.sign(ADDRESS, LETTER_KEY)


def test_the_code_of_a_letter_is_checked_with_a_key_from_elsewhere_or_from_the_office(
    checker: Checker,
) -> None:
    vkey = LETTER_KEY.key.vkey
    pinned, offered, unknown = checker.check(
        [
            Chosen(letter=f" {CODE_TEXT}\n", pinned=vkey.encode()),
            Chosen(letter=CODE_TEXT, letter_key=vkey),
            Chosen(letter=CODE_TEXT),
        ]
    )
    assert (pinned["status"], offered["status"], unknown["status"]) == ("PASSED", "NOT_COMPARED", "FAIL")
    assert pinned["letter"]["number"] == CODE.number
    assert any("the PDF itself needs zi-verify" in remark for remark in pinned["remarks"])


def test_no_changed_character_of_a_code_is_let_through(checker: Checker) -> None:
    pinned = LETTER_KEY.key.vkey.encode()
    texts = [
        CODE_TEXT[:at] + other + CODE_TEXT[at + 1 :]
        for at in range(len(ADDRESS), len(CODE_TEXT), 3)
        for other in "Aa"
        if other != CODE_TEXT[at]
    ]
    texts += [CODE_TEXT[:-1], CODE_TEXT + "A", CODE_TEXT + "=", CODE_TEXT.replace("#", ""), "#", "x"]
    for text, report in zip(
        texts, checker.check(Chosen(letter=each, pinned=pinned) for each in texts), strict=True
    ):
        assert report["status"] == "FAIL", text


def test_with_the_content_of_the_letter_its_key_address_and_digest_are_used(checker: Checker) -> None:
    content = json.dumps({"code_key": LETTER_KEY.key.vkey, "address": ADDRESS}).encode()
    code = replace(CODE, content=sha256(content).hexdigest())
    good = Chosen([("content.json", content)], letter=code.sign(ADDRESS, LETTER_KEY))
    elsewhere = replace(good, letter=code.sign("https://0ffice.example/certificates/verify/", LETTER_KEY))
    other = replace(good, files=[("content.json", content + b" ")])
    broken = replace(good, files=[("content.json", b"[]")])
    reports = checker.check([good, elsewhere, other, broken])
    assert [report["status"] for report in reports] == ["NOT_COMPARED", "FAIL", "FAIL", "FAIL"]
    assert reports[1]["findings"][0]["why"] == "The address in the letter's code leads elsewhere."


def test_a_code_in_the_address_is_filled_in(browser: Browser, saved: Path) -> None:
    checker = Checker(browser, f"{saved.as_uri()}#{CODE_TEXT}").open()
    assert checker.page.input_value("#letter") == CODE_TEXT
    checker.page.fill("#pins", LETTER_KEY.key.vkey)
    checker.page.click("#go")
    checker.page.wait_for_selector("#verdict:focus")
    assert checker.sign == "good"
    assert CODE.number in checker.page.inner_text("#result dl")
    checker.context.close()


# -- what people see


def test_a_green_sign_says_what_was_compared(checker: Checker, tmp_path: Path) -> None:
    proof, message, policy = receipt_of(tmp_path)
    text = checker.choose(proof, message, pinned=policy.decode())
    assert checker.sign == "good"
    assert text.startswith(
        "Included. Everything that was checked holds.\n\nCompared with: the keys that you gave."
    )
    text = checker.choose(proof, (message[0], message[1] + b" "), pinned=policy.decode())
    assert checker.sign == "bad"
    assert text.startswith("FAIL: something does not hold")
    assert "a.json: The leaf hash is not in the tree of the checkpoint." in text


def test_a_file_may_hold_the_keys(checker: Checker, tmp_path: Path) -> None:
    proof, message, policy = receipt_of(tmp_path)
    checker.page.set_input_files("#pin-file", {"name": "policy", "mimeType": "text/plain", "buffer": policy})
    checker.choose(proof, message)
    assert checker.sign == "good"
    checker.page.set_input_files("#pin-file", [])
    checker.choose(message)
    assert checker.sign == ""


def test_a_strange_file_writes_no_markup_into_the_page(checker: Checker) -> None:
    name = "<img src=x onerror=alert(1)>.zip"
    text = checker.choose((name, b"PK nonsense"))
    assert f"{name}: The file is not a zip that can be read." in text
    assert checker.page.locator("#result img").count() == 0


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_is_open_to_everybody(browser: Browser, tmp_path: Path, language: str) -> None:
    answer = page_of(tmp_path, f"?lang={language}")
    checker = Checker(browser, SECURE + ADDRESS_OF_PAGE, answer, bypass_csp=True)
    prepare(checker.context)
    checker.open()
    proof, message, policy = receipt_of(tmp_path / "log")
    checker.choose(proof, message, pinned=policy.decode())
    checker.page.click("summary")
    assert violations(checker.page) == []
    for width in (320, 1200):
        checker.page.set_viewport_size({"width": width, "height": 740})
        assert evaluated(checker, "() => document.documentElement.scrollWidth") == width
    checker.context.close()


def test_a_keyboard_reaches_everything_in_order(browser: Browser, saved: Path) -> None:
    checker = Checker(browser, saved.as_uri()).open()
    checker.page.wait_for_selector("#check:visible")
    reached: list[str] = []
    focused = "() => document.activeElement.id || document.activeElement.textContent"
    while "The keys in this page" not in reached and len(reached) < 30:
        checker.page.keyboard.press("Tab")
        reached.append(str(evaluated(checker, focused)))
    wanted = [
        "Skip to the content",
        "Where to get one",
        "files",
        "letter",
        "pins",
        "pin-file",
        "go",
        "Save this page",
        "The keys in this page",
    ]
    assert [each for each in reached if each in wanted] == wanted
    checker.context.close()


def test_a_long_check_leaves_the_page_alive(checker: Checker) -> None:
    """While 32 MB are unpacked and hashed, timers of the page go on."""
    members = {f"private/{number}.json": bytes(4 << 20) for number in range(8)}
    data = zipped({"policy": SAMPLE_POLICY.format(), **members})
    ticks = """async ([text]) => {
      let ticks = 0
      const timer = setInterval(() => { ticks += 1 }, 1)
      const file = new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], "a.zip")
      const report = await check({ files: [file], letter: "", pinned: "", policy: "", letterKey: "", now: 1800000000 })
      clearInterval(timer)
      return [report.status, ticks]
    }"""
    status, count = checker.page.evaluate(ticks, [base64.b64encode(data).decode()])
    assert status == "FAIL"
    assert count > 1


# -- small things


def flipped(data: bytes, step: int) -> list[bytes]:
    return [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), step)]


def zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
