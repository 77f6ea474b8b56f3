"""A bucket of S3-compatible storage by its address, and the one way to its store.

Account and endpoint come from the environment, by the names that every tool for S3 knows (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION, AWS_ENDPOINT_URL); one that is empty counts as not set. The client is imported only where an address names a bucket.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from zi_chassis.domain import UnavailableError

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config, S3Store

SCHEME = "s3://"
NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT_URL")


class BucketAddressError(ValueError):
    """A text is no address of a bucket."""


class BucketAwayError(UnavailableError, OSError):
    """The bucket does not answer, or refuses; `why` is what its client says."""

    def __init__(self, address: "BucketAddress", why: str) -> None:
        super().__init__(
            f"{address} is away or refuses: {why}. Look at AWS_ENDPOINT_URL, AWS_REGION and the account."
        )
        self.address = address
        self.why = why


@dataclass(frozen=True)
class BucketAddress:
    """`s3://bucket/prefix`; the prefix may be empty."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BucketAddressError."""
        bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
        parts = prefix.strip("/").split("/") if prefix.strip("/") else []
        if not text.startswith(SCHEME) or not bucket or {"", ".", ".."} & {bucket, *parts}:
            raise BucketAddressError(
                f"{text} is no address of a bucket. Write s3://BUCKET or s3://BUCKET/PREFIX."
            )
        return cls(bucket, "/".join(parts))

    @property
    def parent(self) -> "tuple[BucketAddress, str]":
        """Return the address above, and the last part of this one."""
        above, _, last = self.prefix.rpartition("/")
        return BucketAddress(self.bucket, above), last

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}" + (f"/{self.prefix}" if self.prefix else "")


def open_store(
    address: BucketAddress, *, patience: timedelta = timedelta(seconds=30), silence: timedelta | None = None
) -> "S3Store":
    """Return the store of all below the address. `patience` is for one request as a whole, which is made four times at most; `silence` for the
    time in which nothing comes back, and a bucket is silent until it has all of an upload. An endpoint of one's own has the bucket in its
    path, as small servers want it."""
    from obstore.store import S3Store

    _drop_empty_names()
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    config: S3Config = {"virtual_hosted_style_request": not endpoint}
    if endpoint:
        config["endpoint"] = endpoint
    options: ClientConfig = {"allow_http": endpoint.startswith("http://"), "timeout": patience}
    if silence is not None:
        options["read_timeout"] = silence
    return S3Store(
        address.bucket,
        prefix=address.prefix or None,
        config=config,
        client_options=options,
        retry_config={"max_retries": 3, "retry_timeout": 4 * patience},
    )


def _drop_empty_names() -> None:
    """A container gets an empty text for what its operator did not set, and the client takes it for a region or an address."""
    for name in NAMES:
        if not os.environ.get(name, ""):
            os.environ.pop(name, None)


@contextmanager
def answering(address: BucketAddress) -> Iterator[None]:
    """Raise BucketAwayError for whatever the client raises within."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, FileNotFoundError, PermissionError) as error:
        sentence, _, _ = str(error).partition("Debug source")  # of the client's own insides
        raise BucketAwayError(address, " ".join(sentence.split())[:300]) from error
