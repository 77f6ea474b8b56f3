"""The office's keys: made once, kept, and refused when they do not belong together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.letters.sample_letter import authority

from zi_certificates.letters.issuer import load_letter_keys as load_keys
from zi_chassis.settings import Settings
from zi_letters.keys import SealKeyError
from zi_letters.seal import LocalSeal

NOW = datetime.now(UTC)


def settings(folder: Path, **named: Any) -> Settings:
    return Settings(service="certificates", data=folder, public_url="https://office.example", **named)


def pem(seal: LocalSeal) -> bytes:
    return x509.load_der_x509_certificate(seal.certificate).public_bytes(Encoding.PEM)


def test_keys_are_made_once_and_are_the_same_after_every_start(tmp_path: Path) -> None:
    first, again = load_keys(settings(tmp_path)), load_keys(settings(tmp_path))
    assert (first.seal, first.authority) == (again.seal, again.authority)
    assert first.code.key == again.code.key
    assert first.address == "https://office.example/certificates/verify/"


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    load_keys(settings(tmp_path))
    stored = list((tmp_path / "certificates/secrets").iterdir())
    assert {path.name for path in stored} == {"letters", "seal.pem", "timestamps.pem"}
    assert {path.stat().st_mode & 0o777 for path in stored} == {0o600}


def test_the_authority_certified_the_seal_and_its_key_is_not_kept(tmp_path: Path) -> None:
    keys = load_keys(settings(tmp_path))
    root = x509.load_pem_x509_certificates(keys.authority)[0]
    x509.load_der_x509_certificate(keys.seal.certificate).verify_directly_issued_by(root)
    assert (tmp_path / "certificates/secrets/seal.pem").read_bytes().count(
        b"PRIVATE KEY"
    ) == 2  # BEGIN and END of one


def test_a_seal_may_be_named_with_its_authority(tmp_path: Path) -> None:
    root = authority()
    seal = root.make_seal("Balai POM Contoh", NOW)
    (tmp_path / "key.pem").write_bytes(seal.pem)
    (tmp_path / "certificate.pem").write_bytes(pem(seal) + root.pem)
    named = {"seal_key": tmp_path / "key.pem", "seal_certificate": tmp_path / "certificate.pem"}
    keys = load_keys(settings(tmp_path, **named))
    assert (keys.seal.certificate, keys.authority) == (seal.certificate, root.pem + keys.clock.roots)
    assert keys.reason() is None


def test_a_certificate_that_ends_soon_is_told(tmp_path: Path) -> None:
    root = authority()
    seal = root.make_seal("Balai POM Contoh", NOW.replace(year=NOW.year - 3))
    (tmp_path / "key.pem").write_bytes(seal.pem)
    (tmp_path / "certificate.pem").write_bytes(pem(seal))
    named = {"seal_key": tmp_path / "key.pem", "seal_certificate": tmp_path / "certificate.pem"}
    assert "the certificate of the seal ends on" in str(load_keys(settings(tmp_path, **named)).reason())


def test_a_key_without_its_own_certificate_seals_nothing(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(authority().make_seal("Balai POM Contoh", NOW).pem)
    (tmp_path / "other.pem").write_bytes(pem(authority().make_seal("Balai POM Contoh", NOW)))
    (tmp_path / "none.pem").write_bytes(b"no certificate")
    for certificate, why in (("other.pem", "not that of the seal's key"), ("none.pem", "both as PEM")):
        named = {"seal_key": tmp_path / "key.pem", "seal_certificate": tmp_path / certificate}
        with pytest.raises(SealKeyError, match=why):
            load_keys(settings(tmp_path, **named))
    with pytest.raises(SealKeyError, match="both or neither"):
        load_keys(settings(tmp_path, seal_key=tmp_path / "key.pem"))
