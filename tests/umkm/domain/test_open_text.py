"""Short texts outside the vault lead to nobody."""

import pytest

from zi_umkm.domain.open_text import leads_to_a_person


@pytest.mark.parametrize(
    "text",
    [
        "hubungi 0812-3456-7890",
        "0812 3456 7890",
        "+62 (812) 345.678",
        "telp 551_2345",
        "123.456.7",
        "sambal@contoh.id",
        "lihat contoh.com",
        "https://contoh",
        "www.contoh",
        "MD 1234",
        "p-irt 12",
        "PIRT: 5",
        "NIB.1",
        "nik 7",
    ],
)
def test_a_number_or_an_address_of_somebody_is_found(text: str) -> None:
    assert leads_to_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Speedboat Contoh Ekspres 2, dermaga 7",
        "Pesawat ATR 72, 07.30",
        "Dapur Sambal Bu Contoh",
        "123456",
        "Kapal malam. Idul Fitri",
        "Commander",
    ],
)
def test_a_boat_or_a_nickname_is_not(text: str) -> None:
    assert not leads_to_a_person(text)
