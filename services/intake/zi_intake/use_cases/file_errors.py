"""The place for files is away: a sentence for whoever sends or opens one; texts do not need that place."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from zi_chassis.bucket import BucketAwayError
from zi_chassis.web.language import msgid
from zi_chassis.web.problem import RefusedError

NOT_STORED = msgid(
    "The file can't be stored now: the place for files does not answer. Nothing of it was kept."
    " Send it again in a few minutes. Everything without a file works as usual."
)
NOT_OPENED = msgid(
    "A file can't be opened now: the place for files does not answer. It is not lost. Try again in a few minutes."
)

logger = logging.getLogger(__name__)


class FilesAwayError(RefusedError):
    """The bucket of files does not answer or refuses; it can be tried again."""

    status: ClassVar[int] = 503

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "60"}


@contextmanager
def refused_while_away(sentence: str) -> Iterator[None]:
    """Raise FilesAwayError with the sentence where the bucket of files is away."""
    try:
        yield
    except BucketAwayError as fault:
        logger.error("a file was not stored or not opened: %s", fault)
        raise FilesAwayError(sentence) from fault
