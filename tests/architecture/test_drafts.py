"""Drafts have an author who can end them, no script that is served comes from outside, and each text that is in no draft has its reason."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [*ROOT.glob("services/*/zi_*/**/*.py"), *ROOT.glob("chassis/zi_chassis/**/*.py")]
TEMPLATES = list(ROOT.glob("services/*/zi_*/templates/*.html"))
# The pages of a case that was opened: closing it on the device ends what was written there. A survey, a forum and a filing have nobody who
# could, and the next person at the same device must not find an answer.
OF_A_CASE = {"intake/citizen.py", "certificates/application_owner.py", "umkm/case_owner.py"}
SECRET_TEXTS = {
    "intake/lapor.html": "pasted from a file, which is still there, and full of names",
    "integrity/conflict_report.html": "a report about a colleague leaves no trace on a device of the office",
}
# Each serves files of its own package.
SCRIPTS = {
    *("chassis/page.py", "audit/verify_page.py", "intake/scripts.py", "intake/web_push.py"),
    *("integrity/invitations.py", "umkm/visits.py"),
}


def containing(pattern: str, files: list[Path]) -> Iterator[str]:
    for path in files:
        if re.search(pattern, path.read_text()):
            package = next(part for part in path.parts if part.startswith("zi_"))
            yield f"{package.removeprefix('zi_')}/{path.name}"


def test_only_the_pages_of_an_opened_case_have_drafts_without_a_sign_in() -> None:
    assert set(containing(r"\.is_case_open = ", SOURCES)) == OF_A_CASE


def test_each_text_that_is_in_no_draft_has_its_reason() -> None:
    assert set(containing(r"forms\.textarea\(.*secret=true", TEMPLATES)) == set(SECRET_TEXTS)


def test_who_reports_at_the_counter_is_in_no_draft() -> None:
    [entry] = [path.read_text() for path in TEMPLATES if path.name == "entry.html"]
    fields = re.findall(r'forms\.field\(form, "reporter\..*', entry)
    assert len(fields) == 4
    assert all("secret=true" in field for field in fields)


def test_only_files_of_the_house_are_served_as_scripts() -> None:
    """Pages with drafts run the scripts of this origin (and nosniff, in test_headers, lets no other media type be one)."""
    assert set(containing("/javascript", SOURCES)) == SCRIPTS
