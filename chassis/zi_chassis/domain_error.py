"""The error of a broken rule; apart from the decider, so that a process of a moment need not read all that one takes."""

import re
from typing import ClassVar


def snake(name: str) -> str:
    """ComplaintFiled -> complaint_filed."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class DomainError(Exception):
    """A broken rule, for a person: what is wrong and what to do.

    `msgid` is the English sentence with {placeholders}; `values` fill it in any language. `kind` ends the type of the problem on the wire
    and is made of the class name, unless the class says another: `class CaseOverError(DomainError, kind="over")`.
    """

    kind: ClassVar[str] = "domain"

    def __init_subclass__(cls, *, kind: str = "") -> None:
        super().__init_subclass__()
        cls.kind = kind or snake(cls.__name__).removesuffix("_error")

    def __init__(self, msgid: str, /, **values: object) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.values = values

    def __str__(self) -> str:
        return self.msgid.format(**self.values)
