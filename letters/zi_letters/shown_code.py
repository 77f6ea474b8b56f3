"""The code that a phone read on a letter, compared with the letter that has its number."""

from zi_letters.keys import LetterKeys
from zi_tlog.error import LogError
from zi_tlog.letter import IN_QUERY, Code, open_code


def genuine_code(keys: LetterKeys, number: str, kind: str, content: str, encoded: str) -> Code | None:
    """Return the code in the query of a letter's address; None unless the office's key signed it for this letter, of this kind and content."""
    try:
        code = open_code(f"{keys.address}{number}{IN_QUERY}{encoded}", keys.address, keys.code.verifier)
    except LogError:
        return None
    return code if (code.number, code.kind, code.content) == (number, kind, content) else None
