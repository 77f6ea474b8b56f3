"""Messages about the maklumat: the office's public promise to serve by its standards, and to make up for it where it does not."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from zi_contracts.data import Data
from zi_contracts.message import Sha256Hex, ShortText

PledgeText = Annotated[str, Field(min_length=1, max_length=2000)]


class MaklumatDrafted(Data):
    """A new text of the pledge was written; `digest` is that of its four texts."""

    type: ClassVar[str] = "zi.integrity.maklumat_drafted"

    digest: Sha256Hex


class MaklumatProclaimed(Data):
    """The head proclaimed the pledge: promise and compensation promise, in Indonesian and English; `own_draft`: somebody else wrote it last,
    and this head an earlier text of it."""

    type: ClassVar[str] = "zi.integrity.maklumat_proclaimed"

    number: ShortText
    letter: UUID
    digest: Sha256Hex
    promise: PledgeText
    promise_en: PledgeText
    compensation: PledgeText
    compensation_en: PledgeText
    own_draft: bool = False


MODELS: tuple[type[Data], ...] = (MaklumatDrafted, MaklumatProclaimed)
