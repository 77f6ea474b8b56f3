"""Invented citizens: what each of them writes is found nowhere else in the world, so that it can be searched for."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

SYLLABLES = ("bra", "quo", "zim", "tux", "wex", "jol", "fyn", "kro", "vad", "glu", "pyx", "sny")
DISTRICTS = ("tarakan", "bulungan", "malinau", "nunukan", "tana_tidung")
COMMODITY = "pangan_olahan"


@dataclass(frozen=True)
class Citizen:
    """`number` decides everything about them."""

    number: int
    series: str = "a"

    @cached_property
    def texts(self) -> dict[str, str]:
        """Everything personal, by what it is."""
        draw = random.Random(f"{self.series} {self.number}")
        word = self._draw_words(draw)
        return {
            "name": f"{next(word)} {next(word)}",
            "email": f"{next(word).lower()}@{next(word).lower()}.example",
            "phone": f"+62899{draw.randrange(10**7, 10**8)}",
            "text": f"Baunya seperti {next(word)}, dan {next(word)} membengkak.",
            "product": f"Sambal {next(word)}",
            "registration_number": f"MD {draw.randrange(10**11, 10**12)}",
            "batch": f"B-{draw.randrange(10**11, 10**12)}",
            "place": f"Kios {next(word)}",
            "address": f"Jalan {next(word)} {draw.randrange(100)}",
            "link": f"https://{next(word).lower()}.example/{next(word)}",
            "question": f"Apakah {next(word)} masih ada?",
            "reply": f"Masih, di sebelah {next(word)}.",
            "answer": f"Kami sudah menarik {next(word)} dari rak.",
            "photo": next(word),
        }

    @property
    def body(self) -> dict[str, Any]:
        """The complaint as it is filed."""
        texts = self.texts
        return {
            "kind": "product",
            "confidentiality": "named",
            "language": ("id", "en")[self.number % 2],
            "district": DISTRICTS[self.number % len(DISTRICTS)],
            "text": texts["text"],
            "reporter": {name: texts[name] for name in ("name", "email", "phone")},
            "product": {
                "commodity": COMMODITY,
                "name": texts["product"],
                "registration_number": texts["registration_number"],
                "batch": texts["batch"],
                "expiry": "2027-12-01",
            },
            "place": {"name": texts["place"], "address": texts["address"], "link": texts["link"]},
        }

    @staticmethod
    def _draw_words(draw: random.Random) -> Iterator[str]:
        while True:
            yield "".join(draw.choice(SYLLABLES) for _ in range(4)).capitalize()


def citizens(amount: int, series: str) -> list[Citizen]:
    return [Citizen(number, series) for number in range(amount)]
