import asyncio
import json
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
import typst
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.letters.sample_letter import (
    CODE_KEY,
    CONTENT,
    CONTENT_BEFORE,
    NOW,
    TEMPLATE,
    authority,
    before,
    issued,
    message,
    unsealed,
)
from tests.verify.sample_log import POLICY, SampleLog, Sender, sample_messages

from zi_letters.content import digest
from zi_letters.local_authority import LocalAuthority
from zi_letters.qr_code import qr_picture
from zi_letters.rendering import code_text, page_of, unsealed_page
from zi_letters.seal import LocalSeal
from zi_rules.letter_template import load_letter_templates
from zi_tlog.cosignature import Cosigner
from zi_tlog.letter import STANDARD, Code, open_code
from zi_tlog.letter_goods import CodeGoods, CodeProduct
from zi_tlog.note import Signer, parse_note
from zi_tlog.policy import Log, Policy, Witness
from zi_tlog.proof import parse_proof
from zi_verify import letter_page
from zi_verify.certificate import CertificateReport, check_certificate
from zi_verify.error import VerifyError
from zi_verify.letter_template import SHIPPED
from zi_verify.main import main
from zi_verify.memory import Memory
from zi_verify.status import ExitStatus
from zi_verify.verdict import Failed, Included, Matching

OTHER_POLICY = Policy((Log(Signer("ledger.example/audit", bytes(32)).key),))


@dataclass(frozen=True)
class Office:
    """An office that can seal, also as an insider would."""

    root: LocalAuthority
    seal: LocalSeal

    def sealed(self, pdf: bytes) -> bytes:
        return asyncio.run(self.seal.sign(pdf))

    def checked(self, pdf: bytes) -> CertificateReport:
        return check_certificate(pdf, POLICY, self.root.pem)


@pytest.fixture(scope="module")
def office() -> Office:
    root = authority()
    return Office(root, root.make_seal("Balai POM Contoh", NOW))


@pytest.fixture(scope="module")
def letter(office: Office, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return office.sealed(unsealed(tmp_path_factory.mktemp("log")))


def why(report: CertificateReport) -> str:
    assert isinstance(report.verdict, Failed)
    return "\n".join(finding.render("en") for finding in report.verdict.findings)


def parts(folder: Path, **changed: bytes) -> dict[str, bytes]:
    issued_letter = issued(folder)
    return {
        "content.json": CONTENT.render(),
        "letter.typ": TEMPLATE,
        "code.txt": code_text(CONTENT.render(), issued_letter.message, CODE_KEY).encode(),
        "issued.json": issued_letter.message,
        "issued.tlog-proof": issued_letter.proof,
        "witness-policy": issued_letter.policy,
    } | {name.replace("_json", ".json").replace("_txt", ".txt"): data for name, data in changed.items()}


def test_a_valid_letter_is_included_and_matching_without_network(office: Office, letter: bytes) -> None:
    report = office.checked(letter)
    assert report.verdict == Matching()
    assert report.number == "SKI-2026-000001"


def test_a_letter_from_before_codes_had_products_stays_valid(office: Office, tmp_path: Path) -> None:
    entry = issued(tmp_path, message(CONTENT_BEFORE, before().content))
    pdf = office.sealed(unsealed_page(CONTENT_BEFORE, before().content, entry, CODE_KEY))
    report = office.checked(pdf)
    assert (report.verdict, report.number) == (Matching(), "SKI-2026-000001")


def other_code(change: Callable[[Code], Code]) -> bytes:
    """Sign another code with the office's key, as an insider can."""
    code = open_code(code_text(CONTENT.render(), message(), CODE_KEY), CONTENT.address, CODE_KEY.verifier)
    return change(code).sign(CONTENT.address, CODE_KEY).encode()


@pytest.mark.parametrize(
    "goods",
    [
        None,
        CodeGoods.of([CodeProduct("Sambal Contoh", "B-17", "10 karton")], 1),
        CodeGoods.of([CodeProduct("Sambal Contoh", "B-17", "10 karton"), CodeProduct("X", "Y", "Z")], 0),
    ],
    ids=["no list", "a product less", "another rest"],
)
def test_a_code_with_other_products_than_the_letter_fails(
    office: Office, tmp_path: Path, goods: CodeGoods | None
) -> None:
    changed = other_code(lambda code: replace(code, goods=goods))
    report = office.checked(office.sealed(page_of(parts(tmp_path, code_txt=changed))))
    assert "says something else than the letter" in why(report)


def test_what_only_the_network_can_tell_is_said(office: Office, letter: bytes) -> None:
    remarks = " ".join(remark.en for remark in check_certificate(letter, None, None).remarks)
    assert "suspended or revoked" in remarks
    assert digest(letter) in remarks
    assert "Not compared with anything" in remarks
    assert "--ca" in remarks
    assert "--ca" not in " ".join(remark.en for remark in office.checked(letter).remarks)


def test_one_changed_byte_is_found_wherever_it_is(office: Office, letter: bytes) -> None:
    chance = random.Random(17)
    for place in [*chance.sample(range(len(letter)), 30), 0, len(letter) - 1]:
        changed = bytearray(letter)
        changed[place] ^= 1
        assert isinstance(office.checked(bytes(changed)).verdict, Failed), place


def test_one_changed_digit_of_the_signature_is_found_and_of_its_padding_too(
    office: Office, letter: bytes
) -> None:
    start = letter.rindex(b"/Contents <") + len(b"/Contents <")
    end = letter.index(b">", start)
    for place in [
        *range(start + 40, start + 100, 3),
        *random.Random(18).sample(range(start, end), 30),
        end - 1,
    ]:
        changed = bytearray(letter)
        changed[place] = ord("1") if letter[place] == ord("0") else ord("0")
        assert isinstance(office.checked(bytes(changed)).verdict, Failed), place - start


def test_a_changed_name_of_who_certified_the_seal_is_found(office: Office, letter: bytes) -> None:
    """To a reader of certificates a name is the same in capitals, and no signature covers this one."""
    name = b"Otoritas Contoh".hex().encode()
    start = letter.rindex(b"/Contents <")
    places = [each.start() for each in re.finditer(name, letter[start:].lower())]
    assert len(places) == 3  # in the certificate, beside the signature, and among what is signed
    for place in places:
        changed = bytearray(letter)
        changed[start + place] ^= ord("4") ^ ord("6")
        assert isinstance(office.checked(bytes(changed)).verdict, Failed), place


def test_another_spelling_of_the_signature_is_found(office: Office, letter: bytes) -> None:
    start = letter.rindex(b"/Contents <")
    place = next(place for place in range(start + 11, len(letter)) if letter[place : place + 1] in b"ABCDEF")
    changed = letter[:place] + letter[place : place + 1].lower() + letter[place + 1 :]
    assert isinstance(office.checked(changed).verdict, Failed)


@pytest.mark.parametrize("cut", [b"", b"%PDF-1.7\n", b"no letter"])
def test_what_is_no_letter_fails(office: Office, cut: bytes) -> None:
    assert "not the file of a letter" in why(office.checked(cut))


def test_a_letter_that_is_not_sealed_fails(office: Office, tmp_path: Path) -> None:
    assert "not a letter with one signature" in why(office.checked(unsealed(tmp_path)))


def test_something_added_after_the_signature_fails(office: Office, letter: bytes) -> None:
    assert isinstance(office.checked(letter + b"\n").verdict, Failed)
    writer, changed = IncrementalPdfFileWriter(BytesIO(letter)), BytesIO()
    _other_content(writer, writer.root["/Pages"]["/Kids"][0])
    writer.write(changed)
    assert "not a letter with one signature" in why(office.checked(changed.getvalue()))


def test_a_letter_that_was_never_in_the_ledger_fails(office: Office, tmp_path: Path) -> None:
    """Signed with the right key, over an entry that looks right, with the receipt of another one."""
    issued_letter = issued(tmp_path, message(number="SKI-2026-000002"))
    forged = unsealed_page(CONTENT.render(), TEMPLATE, replace(issued_letter, message=message()), CODE_KEY)
    assert "issued.json: The leaf hash is not in the tree" in why(office.checked(office.sealed(forged)))


def test_a_ledger_of_another_key_is_not_believed(letter: bytes) -> None:
    assert "No known key" in why(check_certificate(letter, OTHER_POLICY, None))


@pytest.mark.parametrize(("time", "holds"), [(1_767_000_000, True), (253_402_300_799, False)])
def test_a_witness_of_the_future_confirms_no_letter(
    office: Office, tmp_path: Path, time: int, holds: bool
) -> None:
    witness = Cosigner("witness.example/w1", bytes(32))
    policy = Policy(POLICY.logs, (Witness("kampus", witness.key),), (), "kampus")
    issued_letter = issued(tmp_path)
    proof = parse_proof(issued_letter.proof)
    note = parse_note(proof.checkpoint)
    cosigned = replace(proof, checkpoint=note.signed(witness.cosign(note.text, time)).format())
    pdf = office.sealed(
        unsealed_page(CONTENT.render(), TEMPLATE, replace(issued_letter, proof=cosigned.format()), CODE_KEY)
    )
    report = check_certificate(pdf, policy, office.root.pem)
    assert isinstance(report.verdict, Failed) != holds
    assert holds or "lacks the quorum" in why(report)


def test_an_entry_that_issues_nothing_proves_no_letter(office: Office, tmp_path: Path) -> None:
    entry = message().replace(b"certificate_issued", b"letter_numbered")
    assert "issues no letter" in why(office.checked(office.sealed(unsealed(tmp_path, entry=entry))))


def test_an_entry_without_data_proves_no_letter(office: Office, tmp_path: Path) -> None:
    remarks = json.loads(message())
    bare = json.dumps({key: value for key, value in remarks.items() if key != "data"}).encode()
    issued_letter = SampleLog(tmp_path, [bare])
    files = parts(tmp_path / "other", **{"issued.tlog-proof": issued_letter.receipt(0)})
    sources = {**files, "code.svg": qr_picture(files["code.txt"].decode()), "main": TEMPLATE}
    sources |= {"main": TEMPLATE.replace(b'json("issued.json")', b'json("shown.json")')}
    sources |= {"shown.json": files["issued.json"], "issued.json": bare}
    forged = typst.compile(cast(Any, sources), format="pdf", pdf_standards=STANDARD, ignore_system_fonts=True)
    assert "issues no letter" in why(office.checked(office.sealed(forged)))


def test_another_content_than_the_ledger_names_fails(office: Office, tmp_path: Path) -> None:
    other = CONTENT.model_copy(update={"facts": ()})
    report = office.checked(office.sealed(unsealed(tmp_path, other, message())))
    assert "content.json: the entry that issued the letter names another digest" in why(report)


def test_another_template_than_the_ledger_names_fails(office: Office, tmp_path: Path) -> None:
    other = TEMPLATE.replace(b"Issued to", b"Sold to")
    forged = unsealed_page(CONTENT.render(), other, issued(tmp_path), CODE_KEY)
    assert "letter.typ: the entry that issued" in why(office.checked(office.sealed(forged)))


def test_a_page_that_shows_something_else_than_its_content_fails(office: Office, tmp_path: Path) -> None:
    """All that is attached is right; what can be read on the page is not."""
    files = parts(tmp_path)
    sources = {
        **files,
        "code.svg": qr_picture(files["code.txt"].decode()),
        "main": TEMPLATE.replace(b"#content.holder.name", b"PT Lain"),
    }
    forged = typst.compile(cast(Any, sources), format="pdf", pdf_standards=STANDARD, ignore_system_fonts=True)
    assert "shows something else than its content" in why(office.checked(office.sealed(forged)))


def _other_content(writer: IncrementalPdfFileWriter, sheet: Any) -> None:
    sheet[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"0 0 500 500 re f"))
    writer.update_container(sheet)


def _note_on_the_page(writer: IncrementalPdfFileWriter, sheet: Any) -> None:
    square = {
        "/Type": NameObject("/Annot"),
        "/Subtype": NameObject("/Square"),
        "/Rect": ArrayObject(map(FloatObject, (0, 0, 500, 500))),
    }
    note = DictionaryObject({pdf_name(key): value for key, value in square.items()})
    sheet[pdf_name("/Annots")] = ArrayObject([writer.add_object(note)])
    writer.update_container(sheet)


def _action_at_opening(writer: IncrementalPdfFileWriter, sheet: Any) -> None:
    writer.root[pdf_name("/OpenAction")] = ArrayObject([])
    writer.update_root()


@pytest.mark.parametrize("change", [_other_content, _note_on_the_page, _action_at_opening])
def test_whatever_comes_with_the_signature_and_is_more_fails(
    office: Office, tmp_path: Path, change: Callable[[IncrementalPdfFileWriter, Any], None]
) -> None:
    """In the very revision that adds the signature, which covers it."""
    writer = IncrementalPdfFileWriter(BytesIO(unsealed(tmp_path)))
    change(writer, writer.root["/Pages"]["/Kids"][0])
    sealed = asyncio.run(office.seal.complete(writer))
    assert "something else than a signature" in why(office.checked(sealed))


def test_the_code_of_another_letter_or_key_fails(office: Office, tmp_path: Path) -> None:
    other = Signer("ledger.example/letters", bytes(32))
    strange = code_text(CONTENT.render(), message(), other)
    elsewhere = code_text(CONTENT.render(), message(number="SKI-2026-000002"), CODE_KEY)
    for name, text, remarks in (
        ("a", strange, "not signed"),
        ("b", elsewhere, "something else than the letter"),
    ):
        forged = page_of(parts(tmp_path / name, code_txt=text.encode()))
        assert remarks in why(office.checked(office.sealed(forged)))


LOOP = b"#for a in range(1000000) { for b in range(1000000) { } }\n"
GREEDY = b"#let a = range(300000000)\n#let b = range(300000000)\n#a.len()\n"
READER = b'#read("/etc/hostname")\n'
DOWNLOADER = b'#import "@preview/example:0.1.0": add\n'


def strange(office: Office, folder: Path, program: bytes) -> tuple[bytes, str]:
    """A letter that the ledger issued and the office sealed, with a program as its template, and the template's digest."""
    other = program + TEMPLATE
    entry = message(template=other)
    issued_letter = issued(folder, entry)
    files = parts(folder / "other") | {"issued.json": entry, "issued.tlog-proof": issued_letter.proof}
    files |= {"letter.typ": other, "code.txt": code_text(CONTENT.render(), entry, CODE_KEY).encode()}
    sources = {**files, "code.svg": qr_picture(files["code.txt"].decode()), "main": TEMPLATE}
    pdf = typst.compile(cast(Any, sources), format="pdf", pdf_standards=STANDARD, ignore_system_fonts=True)
    return office.sealed(pdf), digest(other)


@pytest.mark.parametrize("program", [LOOP, GREEDY, READER, DOWNLOADER, b"// a later version\n"])
def test_a_template_that_nobody_knows_is_not_run(office: Office, tmp_path: Path, program: bytes) -> None:
    letter, known = strange(office, tmp_path, program)
    report = office.checked(letter)
    assert report.verdict == Included()
    assert [shortfall.status for shortfall in report.shortfalls] == [ExitStatus.NOT_READ]
    assert known in report.shortfalls[0].why.en


def test_the_command_fails_closed_on_a_template_that_nobody_knows(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    letter, _ = strange(office, tmp_path, LOOP)
    for name, data in (("a.pdf", letter), ("policy", POLICY.format())):
        (tmp_path / name).write_bytes(data)
    issued_letter = ["certificate", str(tmp_path / "a.pdf"), "--no-memory"]
    assert main([*issued_letter, "--policy", str(tmp_path / "policy")]) == ExitStatus.NOT_READ.code
    assert capsys.readouterr().out.splitlines()[-2:] == ["exit status 7: not read", "included / tercantum"]
    assert main(issued_letter) == ExitStatus.NOT_READ.code


def adopting(digest: str) -> Memory:
    memory = Memory(None)
    memory.keep_templates(POLICY.logs[0].key.name, [digest])
    return memory


def test_a_template_that_the_pinned_ledger_adopted_is_run(office: Office, tmp_path: Path) -> None:
    letter, known = strange(office, tmp_path, b"#[ ]\n")
    assert check_certificate(letter, POLICY, None, adopting(known)).verdict == Matching()
    assert check_certificate(letter, None, None, adopting(known)).verdict == Included()


@pytest.mark.parametrize(
    ("program", "remarks"), [(READER, "letter.typ: failed to load"), (DOWNLOADER, "package")]
)
def test_an_adopted_template_reads_no_file_and_no_package(
    office: Office, tmp_path: Path, program: bytes, remarks: str
) -> None:
    letter, known = strange(office, tmp_path, program)
    assert remarks in why(check_certificate(letter, POLICY, None, adopting(known)))


@pytest.mark.parametrize("program", [LOOP, GREEDY])
def test_an_adopted_template_that_never_ends_is_ended(
    office: Office, tmp_path: Path, program: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_page, "LIMITS", replace(letter_page.LIMITS, cpu=2))
    letter, known = strange(office, tmp_path, program)
    with pytest.raises(VerifyError, match="more time or memory") as refused:
        check_certificate(letter, POLICY, None, adopting(known))
    assert refused.value.status is ExitStatus.NOT_READ


def test_where_nothing_confines_it_only_a_shipped_template_is_run(
    office: Office, letter: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak = "import platform, runpy; platform.machine = lambda: 'abacus'; "
    weak += "runpy.run_module('zi_verify.page_child', run_name='__main__')"
    monkeypatch.setattr(letter_page, "CHILD", ("-c", weak))
    assert office.checked(letter).verdict == Matching()
    other, known = strange(office, tmp_path, b"#[ ]\n")
    with pytest.raises(VerifyError, match="only where the system can confine it") as refused:
        check_certificate(other, POLICY, None, adopting(known))
    assert refused.value.status is ExitStatus.NOT_READ


def test_every_template_of_this_house_ships_with_the_verifier() -> None:
    assert {template.digest for template in load_letter_templates()} <= SHIPPED


def test_replaying_a_ledger_learns_which_templates_it_adopted(tmp_path: Path) -> None:
    example = Path(__file__).parents[1] / "contracts/examples/zi.certificates.configuration_adopted.json"
    data = json.loads(example.read_bytes())["data"]
    mine = {**data, "kind": "letter_template", "digest": "ab" * 32}
    forged, adopted = {**mine, "digest": "cd" * 32}, "zi.certificates.configuration_adopted"
    certificates, access = Sender("/zi/contoh/certificates"), Sender("/zi/contoh/access")
    entries = [
        *sample_messages(3),
        certificates.say(adopted, UUID(int=1), **mine),
        certificates.say(adopted, UUID(int=1), **{**data, "digest": "ef" * 32}),
        access.say("zi.access.configuration_adopted", UUID(int=2), **forged),
    ]
    log, state = SampleLog(tmp_path / "log", entries), tmp_path / "memory"
    place = [str(log.folder), "--state", str(state), "--entries", "messages"]
    assert main(["log", *place]) == 0
    assert Memory(state).templates([POLICY.logs[0].key.name]) == {"ab" * 32}
    assert Memory(state).templates(["another.example/audit"]) == frozenset()
    log.append([access.say(adopted, UUID(int=2), **forged)])
    assert main(["log", *place]) == 1
    assert Memory(state).templates([POLICY.logs[0].key.name]) == {"ab" * 32}


def test_a_seal_of_another_authority_fails(office: Office, letter: bytes) -> None:
    assert "not certified by the authority" in why(check_certificate(letter, POLICY, authority().pem))


def test_a_page_of_another_typesetter_can_not_be_compared(office: Office, tmp_path: Path) -> None:
    pdf = unsealed(tmp_path)
    older = pdf.replace(b"Typst 0.15", b"Typst 0.14")
    with pytest.raises(VerifyError, match=r"made with Typst 0\.14"):
        office.checked(office.sealed(older))


def test_the_command_says_number_and_verdict(
    office: Office, letter: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in (("a.pdf", letter), ("ca.pem", office.root.pem), ("policy", POLICY.format())):
        (tmp_path / name).write_bytes(data)
    issued_letter = [
        str(tmp_path / "a.pdf"),
        "--policy",
        str(tmp_path / "policy"),
        "--ca",
        str(tmp_path / "ca.pem"),
    ]
    assert main(["certificate", *issued_letter]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("The log is ledger.example/audit, and its key is ")
    assert lines[-2:] == ["SKI-2026-000001", "included and matching / tercantum dan cocok"]
    assert main(["certificate", issued_letter[0]]) == ExitStatus.NOT_COMPARED.code
    (tmp_path / "a.pdf").write_bytes(letter[:-1])
    assert main(["certificate", *issued_letter, "--language", "id"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "GAGAL / FAIL"


def test_a_file_that_is_no_certificate_is_named(letter: bytes) -> None:
    with pytest.raises(VerifyError, match="--ca"):
        check_certificate(letter, POLICY, b"nothing")


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("zi_verify.certificate", "zi_verify.letter_file"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "pyhanko.pdf_utils.generic", None)
    monkeypatch.setitem(sys.modules, "typst", None)
    assert main(["certificate", str(tmp_path / "a.pdf")]) == 2
    assert "pip install 'zi-verify[certificate]'" in capsys.readouterr().err
