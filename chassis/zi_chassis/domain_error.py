"""How a rule says no; apart from the decider, so that a process of a moment need not read all that one takes."""


class DomainError(Exception):
    """A broken rule, told to a person: what is wrong and what to do.

    `msgid` is the English sentence with {placeholders}; `values` fill it in any language.
    """

    def __init__(self, msgid: str, /, **values: object) -> None:
        super().__init__(msgid)
        self.msgid = msgid
        self.values = values

    def __str__(self) -> str:
        return self.msgid.format(**self.values)
