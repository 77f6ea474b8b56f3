"""The answers other than 200 to add-checkpoint, each with its status (tlog-witness, add-checkpoint)."""

from typing import ClassVar


class CosigningRefusedError(Exception):
    """No cosignature; the message is a sentence for the operator of the log."""

    status: ClassVar[int]


class MalformedError(CosigningRefusedError):
    """Not a request, or an old size beyond the checkpoint's."""

    status = 400


class UnsignedError(CosigningRefusedError):
    """None of the keys that this witness trusts for the origin signed the checkpoint."""

    status = 403


class UnknownLogError(CosigningRefusedError):
    """This witness watches no log of that origin."""

    status = 404


class OldSizeError(CosigningRefusedError):
    """The request starts from another size than the one cosigned last, which the answer tells."""

    status = 409

    def __init__(self, size: int) -> None:
        super().__init__(f"The last cosigned size is {size}.")
        self.size = size


class InconsistentError(CosigningRefusedError):
    """The checkpoint does not continue the one cosigned last, or the proof does not show that it does."""

    status = 422


class RestoredError(CosigningRefusedError):
    """The folder knows less than was signed, or may know less; the message says why."""

    status = 503


class ClockError(CosigningRefusedError):
    """The last cosignature of this log is dated in the future."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The last cosignature of this log is dated later than this witness's clock. Set the clock right; was it ahead"
            " before, stop the witness and run zi-witness clear-clock."
        )
