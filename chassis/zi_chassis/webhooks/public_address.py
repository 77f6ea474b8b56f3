"""Addresses that strangers give and this house calls: of the public network alone, and the one that was checked is the one that is called.

A name is resolved once for each call and the connection goes to an address of that answer, so that a name which answers otherwise a
moment later (DNS rebinding) leads nowhere else.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from zi_chassis.domain_error import DomainError

LONGEST = 500
FIRST_FREE_PORT = 1024
PORTS = {"https": 443, "http": 80}
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# IPv6 addresses that lead to an IPv4 address: NAT64 (RFC 6052), and the local form of it (RFC 8215), which may lead anywhere.
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_PUBLIC_IPV6 = IPv6Network("2000::/3")  # all that was ever given out for it
_RELAYS = IPv4Network("192.88.99.0/24")  # into 6to4, which nobody runs any more


class UnusableAddressError(DomainError):
    """The address has a form that is never called."""

    def __init__(self) -> None:
        super().__init__(
            "Give an address that begins with https:// and has a name of the public network, without a user, a password or a part after #,"
            " at the usual port or one above 1023."
        )


class AddressNotFoundError(DomainError):
    """The name has no address now."""

    def __init__(self, host: str) -> None:
        super().__init__("The name {host} is not known: check the address.", host=host)


class PrivateAddressError(DomainError):
    """The name leads into a private network, or to this machine."""

    def __init__(self, host: str) -> None:
        super().__init__(
            "The name {host} doesn't lead to the public network: give the address at which everybody reaches your system.",
            host=host,
        )


async def system_addresses(host: str, port: int) -> Sequence[str]:
    """Resolve a name as the system does. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True)
class PublicAddresses:
    """`plain` allows http, `private` any network: both for demonstrations and tests alone."""

    plain: bool = False
    private: bool = False
    resolve: Resolve = system_addresses

    def checked(self, url: str) -> SplitResult:
        """Raises UnusableAddressError."""
        try:
            parts = urlsplit(url)
            port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        except ValueError as error:
            raise UnusableAddressError from error
        is_plain_text = url.isascii() and url.isprintable() and not {" ", "\\"} & set(url)
        is_reachable = parts.scheme == "https" or (self.plain and parts.scheme == "http")
        is_bare = "@" not in parts.netloc and not parts.fragment and bool(parts.hostname)
        is_usual = port >= FIRST_FREE_PORT or port == PORTS.get(parts.scheme)
        if not (is_plain_text and is_reachable and is_bare and is_usual and len(url) <= LONGEST):
            raise UnusableAddressError
        return parts

    async def address(self, parts: SplitResult) -> str:
        """Return the address to call. Raises AddressNotFoundError, and PrivateAddressError if any address of the name is not public."""
        host = str(parts.hostname)
        try:
            found = await self.resolve(host, parts.port or PORTS[parts.scheme])
        except (OSError, UnicodeError) as error:
            raise AddressNotFoundError(host) from error
        if not found:
            raise AddressNotFoundError(host)
        if not (self.private or all(map(is_public, found))):
            raise PrivateAddressError(host)
        return found[0]


def is_public(address: str) -> bool:
    """Return whether everybody reaches this address over the public network; what is no address is not public."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        if parsed in _LOCAL_NAT64:
            return False
        inner = _inner(parsed)
        if inner is not None:
            return is_public(str(inner))
        return parsed in _PUBLIC_IPV6 and parsed.is_global
    return parsed.is_global and not parsed.is_multicast and parsed not in _RELAYS


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to, if it is of such a kind."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
