"""The files of letters in the vault."""

import asyncio
from base64 import b64decode, b64encode
from uuid import uuid5

from zi_contracts.vault import ItemRef
from zi_letters.archive import archived_until
from zi_letters.content import digest
from zi_letters.letter_register import LetterVault, NumberedLetter, StoredFile
from zi_letters.vault_fields import FILE, PURPOSE


async def store_file(vault: LetterVault, letter: NumberedLetter, pdf: bytes, name: str) -> StoredFile:
    """Return the file that the vault has under this name: one that was stored before, by a process that ended then, stays the letter's
    file."""
    file, item = await kept_file(vault, letter, pdf, name)
    return StoredFile(digest(file), item, await asyncio.to_thread(archived_until, file))


async def kept_file(
    vault: LetterVault, letter: NumberedLetter, pdf: bytes, name: str
) -> tuple[bytes, ItemRef]:
    """Return the bytes that the vault has under this name, and where they lie; the first that were stored stay."""
    request, text, causation = uuid5(letter.id, name), b64encode(pdf).decode(), str(letter.event)
    [item] = await vault.keep(letter.ticket, {FILE: text}, request, causation=causation)
    return await read_file(vault, letter, item), item


async def read_file(vault: LetterVault, letter: NumberedLetter, item: ItemRef) -> bytes:
    causation = str(letter.event)
    fields = await vault.read(letter.ticket, [FILE], PURPOSE, causation=causation, items=[item.item])
    return b64decode(fields[FILE], validate=True)
