"""Undoes what typing and pasting do to a code or a number: wide letters, blanks and dashes of every kind, unseen signs. Pure."""

import unicodedata

MINUS = "\u2212"
AROUND = " -.,;:"


def plain_signs(text: str) -> str:
    """Return the text in compatible capitals (NFKC), each blank as a space and each dash as a hyphen, without unseen signs and without
    what a sentence puts around it."""
    return "".join(map(_plain, unicodedata.normalize("NFKC", text))).upper().strip(AROUND)


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf":
        return ""
    if category == "Pd" or sign == MINUS:
        return "-"
    return " " if sign.isspace() else sign
