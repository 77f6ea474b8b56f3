"""The fields of a letter in the office's vault: content and file are items of the case, and events keep references."""

from typing import Final

CONTENT: Final = "letter.content"
FILE: Final = "letter.file"
PURPOSE: Final = "letter"
