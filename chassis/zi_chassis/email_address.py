"""E-mail addresses, and the mailbox that each leads to."""

NO_DOTS = frozenset({"gmail.com", "googlemail.com"})


def mailbox_of(address: str) -> str:
    """Return one spelling for all of a mailbox: capitals and a +tag do not make another one, and at some providers neither do dots."""
    name, _, domain = address.strip().lower().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if domain in NO_DOTS else name}@{domain}"
