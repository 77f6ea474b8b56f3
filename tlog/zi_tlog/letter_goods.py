"""The products of a letter as its code carries them: as many lines as there is room for, and a digest of those that are left out, so that
whoever has the code can tell another list from the sealed one."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from typing import Final

from zi_tlog.error import LogError

COMPLETE: Final = "-"


class GoodsError(LogError):
    """A list of products that no code can carry."""


@dataclass(frozen=True)
class CodeProduct:
    """The fields of one product that a reader of the paper compares."""

    product: str
    batch: str
    quantity: str

    def __post_init__(self) -> None:
        if any(not field or {"\t", "\n"} & set(field) for field in astuple(self)):
            raise GoodsError("Each field of a product in a code is one line and not empty.")

    @property
    def line(self) -> str:
        return "\t".join(astuple(self))


@dataclass(frozen=True)
class CodeGoods:
    """`listed` are the first of `count` products; `rest` is the SHA-256 (hex) of the lines of the others, or `-` where there are none."""

    listed: tuple[CodeProduct, ...]
    count: int
    rest: str

    @classmethod
    def of(cls, products: Sequence[CodeProduct], room: int) -> "CodeGoods":
        """Carry the first `room` products, and the digest of the others."""
        others = "".join(f"{each.line}\n" for each in products[room:])
        rest = sha256(others.encode()).hexdigest() if others else COMPLETE
        return cls(tuple(products[:room]), len(products), rest)

    @property
    def is_complete(self) -> bool:
        return self.rest == COMPLETE

    @property
    def lines(self) -> list[str]:
        return [str(self.count), self.rest, *(each.line for each in self.listed)]

    def is_list(self, products: Sequence[CodeProduct]) -> bool:
        """Tell whether these are exactly the products that were sealed, in their order."""
        return CodeGoods.of(products, len(self.listed)) == self


def parse_goods(lines: Sequence[str]) -> CodeGoods:
    """Read count, digest of the rest, and the products. Raises GoodsError."""
    if len(lines) < 2 or not (lines[0].isascii() and lines[0].isdecimal()):
        raise GoodsError("The code says nothing of products.")
    rows = [line.split("\t") for line in lines[2:]]
    if any(len(row) != 3 for row in rows):
        raise GoodsError("A product of the code is not one line of three fields.")
    goods = CodeGoods(tuple(CodeProduct(*row) for row in rows), int(lines[0]), lines[1])
    if (goods.count == len(rows)) != goods.is_complete:
        raise GoodsError("The code says of its products both that they are all and that they are not.")
    return goods
