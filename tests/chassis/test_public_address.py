"""An address that a stranger gave is called only where everybody reaches it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest

from zi_chassis.webhooks.public_address import (
    AddressNotFoundError,
    PrivateAddressError,
    PublicAddresses,
    UnusableAddressError,
    is_public,
    system_addresses,
)

PUBLIC = "93.184.215.14"


def leading_to(*addresses: str, **more: bool) -> PublicAddresses:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return PublicAddresses(resolve=resolve, **more)


@pytest.mark.parametrize(
    "url",
    [
        *("https://hook.example/zona", "https://hook.example:8443/a?b=c", "https://hook.example"),
        *("https://[2606:2800::1]/", "https://8.8.8.8/hook"),
    ],
)
def test_a_plain_address_is_taken(url: str) -> None:
    assert PublicAddresses().checked(url).geturl() == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://hook.example/",
            "ftp://hook.example/",
            "hook.example",
            "https://",
            "https:///path",
            "//hook.example",
        ),
        *(
            "https://user@hook.example/",
            "https://u:p@hook.example/",
            "https://hook.example/#a",
            "https://hook.example:22/",
        ),
        *(
            "https://hook.example:99999/",
            "https://hook.example:x/",
            "https://hook.example/a b",
            "https://hook.example\\@x/",
        ),
        *(
            "https://hook.example/\u200b",
            f"https://hook.example/{'a' * 500}",
            "https://[::1",
            "https://hook.example:0/",
        ),
        *("https://hook.example:80/", "javascript:alert(1)"),
    ],
)
def test_another_form_of_address_is_refused(url: str) -> None:
    with pytest.raises(UnusableAddressError):
        PublicAddresses().checked(url)


def test_http_is_for_demonstrations() -> None:
    assert PublicAddresses(plain=True).checked("http://127.0.0.1:9999/").port == 9999


@pytest.mark.parametrize(
    "address", [PUBLIC, "2606:2800:21f::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_what_everybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *(
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
        ),
        *(
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "hook.example",
            "",
        ),
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        *("fec0::1", "::10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "5f00::1", "192.88.99.1"),
    ],
)
def test_what_is_inside_of_a_network_is_not(address: str) -> None:
    assert not is_public(address)


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    parts = urlsplit("https://hook.example/")
    assert await leading_to(PUBLIC, "8.8.8.8").address(parts) == PUBLIC
    with pytest.raises(PrivateAddressError):
        await leading_to(PUBLIC, "10.0.0.1").address(parts)
    assert await leading_to("10.0.0.1", private=True).address(parts) == "10.0.0.1"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "[::1]", "0"])
async def test_a_loopback_address_in_disguise_is_found_out(host: str) -> None:
    with pytest.raises((PrivateAddressError, AddressNotFoundError)):
        await PublicAddresses().address(urlsplit(f"https://{host}/"))


async def test_a_name_without_an_address_says_so() -> None:
    async def fails(host: str, port: int) -> Sequence[str]:
        raise OSError("unknown")

    for addresses in (leading_to(), PublicAddresses(resolve=fails)):
        with pytest.raises(AddressNotFoundError):
            await addresses.address(urlsplit("https://hook.example/"))
    assert await system_addresses("127.0.0.1", 1) == ["127.0.0.1"]
