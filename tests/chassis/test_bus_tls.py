"""The bus over TLS where its address says so, and never in the clear by mistake."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.nats_server import NatsServer
from tests.until import until

from zi_chassis.bus.broker import Broker


def certified(folder: Path) -> Path:
    """Write a key and a certificate for this machine that is its own authority; return the certificate."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bus")]),
    )
    begin = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), begin, begin + timedelta(9)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "bus.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "bus.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "bus.pem"


async def answer(server: NatsServer) -> str:
    """Connect as intake over tls:// and return what readiness says at last."""
    broker = Broker("intake", server.url.replace("nats://", "tls://"), server.seed("intake"))
    broker.open()
    try:
        await until(lambda: broker.connected or "no answer yet" not in (broker.reason or ""))
        return broker.reason or "connected"
    finally:
        await broker.close()


async def test_the_bus_is_reached_over_tls_with_an_authority_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = NatsServer(tmp_path / "var")
    certificate = certified(tmp_path)
    config = tmp_path / "var" / "nats" / "nats.conf"
    config.write_text(
        f'{config.read_text()}\ntls {{ cert_file: "{certificate}", key_file: "{tmp_path / "bus.key"}" }}\n'
    )
    server.start()
    try:
        assert "CERTIFICATE_VERIFY_FAILED" in await answer(server)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert await answer(server) == "connected"
    finally:
        server.stop()


async def test_a_server_that_speaks_no_tls_gets_no_word_in_the_clear(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "var")
    server.start()
    try:
        assert "the server speaks no TLS" in await answer(server)
    finally:
        server.stop()
