"""The office's list of HS codes: every wrong line has its sentence, and what is found is counted."""

from pathlib import Path

import pytest

from zi_rules.certificate.hs_list import (
    NO_LIST,
    PAGE,
    HsList,
    load_hs_list,
    read_codes,
    unlisted,
    unlisted_of_account,
)
from zi_rules.configuration import UnusableConfigurationError

HEAD = 'version = 2\nlist = "hs_codes.csv"\nsource = "BTKI"\nsource_status = "verified"\n'
LINES = "kode;uraian;description\n2103.90.12;Kecap;Soya sauce\n\n19053110;Biskuit manis;Sweet biscuits\n"


def office(folder: Path, lines: str | bytes = LINES, head: str = HEAD) -> Path:
    (folder / "hs_codes.toml").write_text(head, "utf-8")
    (folder / "hs_codes.csv").write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    return folder


def listed(folder: Path, lines: str | bytes = LINES) -> HsList:
    return load_hs_list(office(folder, lines))[0]


def refusal(folder: Path, lines: str | bytes) -> str:
    with pytest.raises(UnusableConfigurationError) as refused:
        load_hs_list(office(folder, lines))
    return str(refused.value)


def test_the_official_list_is_not_shipped_and_without_one_no_code_is_lacking() -> None:
    (shipped,) = load_hs_list()
    assert (shipped.codes, shipped.lacks("99999999"), NO_LIST.lacks("99999999")) == ((), False, False)
    assert not list(unlisted([(1, "99999999")], shipped))


def test_a_demonstration_has_a_sample_that_says_that_it_is_invented() -> None:
    (sample,) = load_hs_list(demo=True)
    assert sample.id == "demo_hs_codes"
    assert "Invented" in sample.source
    assert all("(contoh)" in each.id and "(sample)" in each.en for each in sample.codes)
    assert {"21039012", "19053110"} <= {each.code for each in sample.codes}


def test_the_file_of_the_office_is_taken_in_a_demonstration_too(tmp_path: Path) -> None:
    (hs_list,) = load_hs_list(office(tmp_path), demo=True)
    assert [each.code for each in hs_list.codes] == ["21039012", "19053110"]


def test_every_code_is_pinned_by_the_digest(tmp_path: Path) -> None:
    first = listed(tmp_path).digest
    assert listed(tmp_path, LINES.replace("Kecap", "Kecap manis")).digest != first
    assert listed(tmp_path, LINES.replace("\n\n", "\n").replace("2103.90.12", "21039012")).digest == first


def test_a_code_is_found_however_it_is_written(tmp_path: Path) -> None:
    hs_list = listed(tmp_path)
    assert not hs_list.lacks("2103.90.12")
    assert hs_list.lacks("21039013")
    assert hs_list.entry("2103 9012") == ("21039012", "Kecap", "Soya sauce")
    assert hs_list.entry("1") is None


def test_it_is_searched_by_the_beginning_of_a_code_or_by_words_in_either_language(tmp_path: Path) -> None:
    hs_list = listed(tmp_path)
    found = {
        text: [each.code for each in hs_list.search(text).entries]
        for text in ("2103.9", "SAUCE soya", "manis bis", "", "9", "kecap biskuit")
    }
    assert found == {
        "2103.9": ["21039012"],
        "SAUCE soya": ["21039012"],
        "manis bis": ["19053110"],
        "": ["21039012", "19053110"],
        "9": [],
        "kecap biskuit": [],
    }


def test_a_page_is_a_part_of_what_was_counted(tmp_path: Path) -> None:
    rows = "".join(f"{n:08},Barang {n},Thing {n}\n" for n in range(PAGE + 3))
    hs_list = listed(tmp_path, f"code,id,en\n{rows}")
    pages = [hs_list.search("barang", page) for page in (1, 2, 3)]
    assert [(each.total, len(each.entries)) for each in pages] == [(23, 20), (23, 3), (23, 0)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2103901,Kecap,Sauce", "write the code as 8 digits"),
        ("2103901٢,Kecap,Sauce", "write the code as 8 digits"),
        ("19053110,Lagi,Again", "the code 19053110 is listed above: remove one of the two"),
        ("21039012,,Sauce", "describe the code in Indonesian and in English"),
        ("21039012,Kecap", "write 3 cells; a description with a comma stands in quotation marks"),
        ("21039012,Kecap,Sauce,sweet", "write 3 cells; a description with a comma stands in quotation marks"),
        (
            "21039012,Ke\u200bcap,Sauce",
            "describe the code in one line of at most 500 signs, none of them hidden",
        ),
        (
            f"21039012,{'x' * 501},Sauce",
            "describe the code in one line of at most 500 signs, none of them hidden",
        ),
    ],
)
def test_a_wrong_line_is_named_with_what_to_do(tmp_path: Path, line: str, sentence: str) -> None:
    message = refusal(tmp_path, f"code,id,en\n19053110,Biskuit,Biscuits\n{line}\n")
    assert message.endswith(f"hs_codes.csv can't be used. Line 3: {sentence}.")


def test_all_wrong_lines_are_named_up_to_fifty(tmp_path: Path) -> None:
    message = refusal(tmp_path, "code,id,en\n" + "1,a,b\n" * 52)
    assert (message.count("write the code as 8 digits"), message.endswith("and 2 more lines.")) == (50, True)


@pytest.mark.parametrize("lines", ["", "code,id,en\n", "\n\n"])
def test_an_empty_table_is_refused(tmp_path: Path, lines: str) -> None:
    assert "Write a heading and at least one code" in refusal(tmp_path, lines)


@pytest.mark.parametrize("heading", ["code,id", "code,id,en,more", "code,id,id", "kode,keterangan,en"])
def test_a_column_that_is_missing_or_unknown_is_refused(tmp_path: Path, heading: str) -> None:
    assert "Line 1: name the columns code, id and en, each once" in refusal(tmp_path, f"{heading}\n1,2,3\n")


@pytest.mark.parametrize("content", [b"code,id,en\n21039012,\xff,x\n", b'code,id,en\n21039012,"x" y,z\n'])
def test_what_is_no_table_in_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "can't be read as a table in UTF-8" in refusal(tmp_path, content)


def test_a_file_that_is_named_and_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableConfigurationError, match="can't be read"):
        read_codes(tmp_path / "hs_codes.csv")


def test_a_finding_names_the_product_and_a_code_of_another_shape_is_left_to_its_own_rule(
    tmp_path: Path,
) -> None:
    hs_list = listed(tmp_path)
    findings = list(unlisted([(1, "2103.90.12"), (2, "99999999"), (3, "12")], hs_list))
    assert [(each.reason, each.where, each.item, each.what, each.source) for each in findings] == [
        ("hs_code_not_listed", "hs_code", 2, "99999999", "BTKI")
    ]
    of_account = list(unlisted_of_account(["21039012", "99999999", "12"], hs_list))
    assert [(each.where, each.item, each.what) for each in of_account] == [("hs_codes", None, "99999999")]
