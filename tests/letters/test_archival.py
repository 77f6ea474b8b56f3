"""A letter is PDF/A-3b before and after its seal."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.certificates.tools import ran
from tests.letters.archival import broken_clauses, errors_found_by_others
from tests.letters.sample_letter import NOW, authority, unsealed


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return unsealed(tmp_path_factory.mktemp("log"))


def test_the_page_is_archival(page: bytes) -> None:
    assert errors_found_by_others(page) == []
    assert broken_clauses(page) == []


def test_the_sealed_letter_is_archival_too(page: bytes, tmp_path: Path) -> None:
    sealed = asyncio.run(authority().make_seal("Balai POM Contoh", NOW).sign(page))
    assert errors_found_by_others(sealed) == []
    assert broken_clauses(sealed) == []
    (tmp_path / "letter.pdf").write_bytes(sealed)
    assert "Signature is Valid." in ran("pdfsig", "-nocert", str(tmp_path / "letter.pdf"))
    assert "No syntax or stream encoding errors" in ran("qpdf", "--check", str(tmp_path / "letter.pdf"))


def test_the_checks_find_a_seal_that_states_another_version(page: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(page))
    spoilt = asyncio.run(authority().make_seal("Balai POM Contoh", NOW).complete(writer))
    assert [clause.split()[0] for clause in broken_clauses(spoilt)] == ["6.1.2", "6.1.12"]
    assert any("pdfaid:part" in error for error in errors_found_by_others(spoilt))


def test_the_validator_of_others_reads_what_it_judges(page: bytes) -> None:
    assert any("Embedded files" in error for error in errors_found_by_others(page, "2b"))
