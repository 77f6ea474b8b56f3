"""The forms of settings that are more than any text: addresses of the web, of the bus, and host:port."""

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

LAST_PORT = 65_535


def _split(address: str, schemes: tuple[str, ...], expected: str) -> SplitResult:
    """Raises ValueError for an address without a host, or with a port that there is not."""
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or any(letter.isspace() for letter in address):
        raise ValueError(expected)
    return parts


def _refuse_no_origin(address: str) -> str:
    """Return it without the slash at its end."""
    expected = "an address such as https://layanan.example is expected, without a path"
    parts = _split(address, ("http", "https"), expected)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(expected)
    return address.rstrip("/")


def _refuse_no_web_address(addresses: str) -> str:
    for address in addresses.split(",") if addresses else []:
        _split(address.strip(), ("http", "https"), "an address such as https://layanan.example is expected")
    return addresses


def _refuse_no_bus(addresses: str) -> str:
    for address in addresses.split(","):
        _split(address.strip(), ("nats", "tls"), "an address such as nats://127.0.0.1:4222 is expected")
    return addresses


def _refuse_no_host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not value:
        return value
    if not host or "/" in host or not port.isdecimal() or int(port) > LAST_PORT:
        raise ValueError("host:port is expected, such as mail.example:587")
    return value


Origin = Annotated[str, AfterValidator(_refuse_no_origin)]
WebAddress = Annotated[str, AfterValidator(_refuse_no_web_address)]
BusAddress = Annotated[str, AfterValidator(_refuse_no_bus)]
HostAndPort = Annotated[str, AfterValidator(_refuse_no_host_and_port)]
