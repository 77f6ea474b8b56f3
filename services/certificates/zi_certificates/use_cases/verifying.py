"""Verify a number, a text or a file, with one indexed read each, and count the outcome; nothing tells who asked."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from zi_certificates.domain.application.state import Application
from zi_certificates.domain.printed_product import printed_product
from zi_certificates.domain.statement import StatedProduct
from zi_certificates.domain.verification import (
    PresentedItem,
    TextReading,
    Verdict,
    judge,
    judge_code,
    read,
)
from zi_certificates.messaging.published import applications
from zi_certificates.read.checks import Checks
from zi_certificates.read.letters import LetterRow, letter_numbered, letter_with_file
from zi_chassis.clock import Clock
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.store import Store
from zi_contracts.certificates import SignedLetter
from zi_letters.claimed_number import claimed_number
from zi_letters.keys import LetterKeys
from zi_rules.letter_number import number_in
from zi_rules.letter_template import load_letter_templates
from zi_tlog.letter import IN_QUERY
from zi_tlog.letter_goods import CodeGoods, CodeProduct

FIRST_WITH_GOODS = 2
TEMPLATES_BEFORE_GOODS = frozenset(
    each.digest for each in load_letter_templates() if each.version < FIRST_WITH_GOODS
)


class GoodsSource(StrEnum):
    """The code itself, or the office's own records where the code has no room or is from before codes had products."""

    CODE = "code"
    RECORDS = "records"


@dataclass(frozen=True)
class SealedGoods:
    """The first products of `count`, as they were sealed; `invoices` are those of the shipment, as far as the records have them."""

    products: tuple[CodeProduct, ...]
    count: int
    source: GoodsSource
    invoices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """The verdict, on the number that was shown or claimed, and the letter that really has that number; `holder` and `goods` only for
    whoever has a genuine code of it."""

    verdict: Verdict
    number: str | None
    letter: LetterRow | None
    holder: str | None = None
    goods: SealedGoods | None = None

    @property
    def lacks_its_code(self) -> bool:
        """Only a number was shown of a letter whose code opens its page with the products in the address."""
        row = self.letter
        is_number = self.verdict.evidence is PresentedItem.NUMBER
        return is_number and row is not None and row.template not in TEMPLATES_BEFORE_GOODS


class Verifying:
    def __init__(
        self, store: Store, keys: LetterKeys, clock: Clock, checks: Checks, *, must_confine: bool = True
    ) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._checks = checks
        self._must_confine = must_confine

    async def by_number(self, number: str) -> Checked:
        known = number_in(number)
        return await self._judged(
            TextReading(PresentedItem.NO_LETTER if known is None else PresentedItem.NUMBER, known)
        )

    async def by_code(self, number: str, code: str) -> Checked:
        """Verify the address that a phone opened from the code on a letter."""
        known = number_in(number)
        if known is None:
            return await self.by_number(number)
        return await self.by_text(f"{self._keys.address}{known}{IN_QUERY}{code}")

    async def by_text(self, text: str) -> Checked:
        """Verify a number, an address, or the text of the code on a letter."""
        return await self._judged(read(text, self._keys.address, self._keys.code.verifier))

    async def by_file(self, data: bytes) -> Checked:
        """Compare a file with the sealed ones; it is stored nowhere."""
        file = sha256(data).hexdigest()
        letter = await self._store.query(lambda tx: letter_with_file(tx, file))
        if letter is not None:
            return self._counted(
                Checked(judge(PresentedItem.FILE, letter, self.today), letter.number, letter)
            )
        claim = await claimed_number(data, must_confine=self._must_confine)
        number = None if claim is None else number_in(claim)
        return await self._judged(
            TextReading(PresentedItem.NO_LETTER if number is None else PresentedItem.OTHER_FILE, number)
        )

    @property
    def today(self) -> date:
        """The date at the office."""
        return self._clock.now().astimezone(office_zone()).date()

    async def _judged(self, reading: TextReading) -> Checked:
        number, code = reading.number, reading.code
        letter = None if number is None else await self._store.query(lambda tx: letter_numbered(tx, number))
        if code is None:
            return self._counted(Checked(judge(reading.evidence, letter, self.today), number, letter))
        verdict = judge_code(code, letter, self.today)
        if letter is None or not verdict.untouched:
            return self._counted(Checked(verdict, number, letter))
        goods = await self._goods(code.goods, letter)
        return self._counted(Checked(verdict, number, letter, code.holder, goods))

    async def _goods(self, carried: CodeGoods | None, letter: LetterRow) -> SealedGoods | None:
        """From the code; from the records what it has no room for, if they are what its digest says."""
        _, application = await self._store.fetch(applications, letter.application)
        recorded = signed_products(application, letter)
        invoices = tuple(dict.fromkeys(each.invoice for each in recorded))
        products = tuple(map(printed_product, recorded))
        if carried is None:
            return SealedGoods(products, len(products), GoodsSource.RECORDS, invoices) if products else None
        if carried.is_complete or not carried.is_list(products):
            return SealedGoods(carried.listed, carried.count, GoodsSource.CODE, invoices)
        return SealedGoods(products, carried.count, GoodsSource.CODE, invoices)

    def _counted(self, checked: Checked) -> Checked:
        self._checks.count(self.today, checked.verdict.evidence, checked.verdict.outcome)
        return checked


def signed_products(application: Application, letter: LetterRow | SignedLetter) -> tuple[StatedProduct, ...]:
    """Return the products that this letter was signed for, which are the approved ones; none if something else is stated by now."""
    signed, approved = application.signed, application.approved
    if signed is None or approved is None or signed.revision != application.revision:
        return ()
    is_of_letter = any(
        (each.letter, each.content) == (letter.letter, letter.content) for each in signed.letters
    )
    return approved.products if is_of_letter else ()
