"""Define what a text may hold that is shown, printed or signed: signs that a reader sees, in one spelling.

Refused are controls, format signs (which turn the direction of writing, or join and part letters unseen), private, unassigned and half
code points, and separators of lines and paragraphs: Unicode categories Cc, Cf, Co, Cn, Cs, Zl, Zp; and letters and marks that have no
picture, of which an answer could be made that looks empty. All other letters and marks of every script stay.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

UNSEEN = "unseen_character"
# The context of a validation that reads what was kept before: it stays as it is.
STORED: Mapping[str, bool] = {"stored": True}
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
# They choose the look of the sign before them, as telephones write a heart.
VARIATIONS = tuple(map(chr, range(0xFE00, 0xFE10)))
# Between the parts of a composed picture: without it the parts stand side by side, and nothing is hidden.
_JOINER = re.compile("(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
# For programs: what of the refused signs can be said as an expression that every reader of a schema understands.
_CONTROLS = r"\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
LINE_PATTERN = rf"^[^\u0000-\u001f{_CONTROLS}]*$"
LINES_PATTERN = rf"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f{_CONTROLS}]*$"


class Unseen(NamedTuple):
    """A sign that is refused, as U+ and its number, and its place in the text, the first 1."""

    code: str
    place: int


def first_unseen(text: str, *, lines: bool = False) -> Unseen | None:
    """The first sign that a text may not hold; `lines` says that it may have several lines."""
    if text.startswith(VARIATIONS):
        return Unseen(f"U+{ord(text[0]):04X}", 1)
    if _is_all_seen(text.replace("\n", "") if lines else text):
        return None
    for place, sign in enumerate(text, start=1):
        if not (_is_seen(sign) or (lines and sign == "\n")):
            return Unseen(f"U+{ord(sign):04X}", place)
    return None


def _is_all_seen(text: str) -> bool:
    return text.isprintable() and (text.isascii() or not any(sign in text for sign in BLANK))


def _is_seen(sign: str) -> bool:
    return _is_all_seen(sign) or unicodedata.category(sign) == "Zs"


def one_spelling(text: str, *, lines: bool = False) -> str:
    """Composed (NFC); in a text of several lines with LF at their ends and blanks for tabs."""
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return text if text.isascii() else _JOINER.sub("", unicodedata.normalize("NFC", text))


def visible(text: str, allowed: str = "") -> str:
    """The text with a mark in the place of every sign that nobody sees, but for those in `allowed`: to show what was refused, or was there
    before this rule."""
    if _is_all_seen(text):
        return text
    parts = _JOINER.sub("", text)
    unseen = [sign for sign in {*parts}.difference(allowed) if not _is_seen(sign)]
    return parts.translate(dict.fromkeys(map(ord, unseen), "\ufffd"))


@dataclass(frozen=True)
class VisibleText:
    """Annotates a text of which a reader sees every sign. Where `tidies` is false it is checked, and not brought into one spelling."""

    lines: bool = False
    tidies: bool = True

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._validated, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        described.setdefault("pattern", LINES_PATTERN if self.lines else LINE_PATTERN)
        return described

    def _validated(self, text: str, info: ValidationInfo) -> str:
        if info.context == STORED or (text.isascii() and text.isprintable()):
            return text
        written = one_spelling(text, lines=self.lines) if self.tidies else text
        unseen = first_unseen(written, lines=self.lines)
        if unseen is not None:
            raise PydanticCustomError(UNSEEN, "{code} at {place} can't be seen", unseen._asdict())
        return written


ONE_LINE, LINES = VisibleText(), VisibleText(lines=True)
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), ONE_LINE]
