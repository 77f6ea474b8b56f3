"""A printed list: good lines are entered, broken ones named by number, nobody twice."""

import pytest
from hypothesis import given as property_of
from hypothesis import strategies

from zi_integrity.domain.attendance_list import (
    MOST_LINES,
    BrokenLine,
    ListLine,
    ListTooLongError,
    NoListError,
    parse_list,
)


def test_each_broken_line_has_its_number_and_its_fault() -> None:
    content = (
        "\n".join(
            [
                "nama;kelompok",
                "Sari Wulan;pengguna",
                ";users",
                "Budi;",
                "Tono;officials",
                f"{'x' * 121};users",
                "sari  wulan;media",
                "Rina\u202e;users",
                "",
                "Dewi, S.T.;civil society",
            ]
        ).encode()
        + b"\nB\xff;users\n"
    )
    parsed = parse_list(content)
    assert parsed.lines == (ListLine(2, "Sari Wulan", "users"), ListLine(10, "Dewi, S.T.", "civil_society"))
    assert parsed.broken == tuple(
        BrokenLine(number, fault)  # type: ignore[arg-type]
        for number, fault in (
            (3, "no_name"), (4, "no_group"), (5, "unknown_group"), (6, "name_too_long"),
            (7, "twice"), (8, "unseen_sign"), (11, "not_text"),
        )
    )  # fmt: skip


def test_commas_tabs_and_marks_of_spreadsheets_are_read() -> None:
    assert parse_list(b'\xef\xbb\xbfname,group\r\n"Wati, Ir.",experts\r\n').lines == (
        ListLine(2, "Wati, Ir.", "experts"),
    )
    assert parse_list(b"Wati\tmedia").lines == (ListLine(1, "Wati", "media"),)
    assert parse_list(b'Wati,media\n"open,media').broken == (BrokenLine(2, "not_text"),)


def test_who_is_there_already_is_not_entered_again() -> None:
    assert parse_list(b"SARI WULAN;users", ["Sari Wulan"]).broken == (BrokenLine(1, "twice"),)


def test_2000_lines_with_broken_ones_are_read() -> None:
    lines = ["name;group", *(f"Person {n};{'users' if n % 10 else 'nobody'}" for n in range(MOST_LINES))]
    parsed = parse_list("\n".join(lines).encode())
    assert (len(parsed.lines), len(parsed.broken)) == (1_800, 200)
    for longer in ([*lines, "One More;users"], [*lines[1:], "One More;users"]):
        with pytest.raises(ListTooLongError):
            parse_list("\n".join(longer).encode())
    with pytest.raises(ListTooLongError):
        parse_list(b"a;users\n" * 9_000)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"PK\0\0\0"])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(NoListError):
        parse_list(content)


@property_of(strategies.binary(max_size=300))
def test_every_line_is_either_good_or_broken(content: bytes) -> None:
    try:
        parsed = parse_list(content)
    except NoListError:
        return
    numbers = [each.number for each in (*parsed.lines, *parsed.broken)]
    assert len(numbers) == len(set(numbers))
