"""Entries of audit's own that decide something about the log itself, so that whoever follows the log, from its database or from its
published files, follows them at the same entry."""

from pydantic import ValidationError

from zi_audit.domain.chain import LARGEST, OUTSIDE, Break, Head, Link, advance
from zi_audit.domain.senders import AUDIT, SENDERS
from zi_contracts.audit import SenderContinued, WitnessPolicyAdopted

Decision = SenderContinued | WitnessPolicyAdopted
# What stands in no chain, or says what another service has to tell, or was there before, decides nothing.
_DECIDES_NOTHING = (*OUTSIDE, Break.WRONG_TYPE, Break.REPEATED)


def decision(link: Link | None, found: Break | None, index: int) -> Decision | None:
    """Read what entry `index` decides, if it is one of audit's that does; `found` is what is wrong with it where it stands. It speaks of
    earlier entries alone."""
    if link is None or link.service != AUDIT or found in _DECIDES_NOTHING:
        return None
    for kind in (SenderContinued, WitnessPolicyAdopted):
        if link.attributes.get("type") == kind.type:
            return _read(kind, link.attributes.get("data"), index)
    return None


def _read(
    kind: type[SenderContinued] | type[WitnessPolicyAdopted], data: object, index: int
) -> Decision | None:
    try:
        decided = kind.model_validate(data)
    except ValidationError:
        return None
    return None if isinstance(decided, SenderContinued) and not _is_clear(decided, index) else decided


def _is_clear(decided: SenderContinued, index: int) -> bool:
    is_earlier = all(forged < index for forged in decided.forged)
    return decided.sender in SENDERS and is_earlier and decided.after_position <= LARGEST


def continued(decided: SenderContinued, link: Link, entry: bytes) -> Head:
    """Return where the sender's chain goes on. Audit's own can't wait for the entry that says so: it goes on from that entry itself."""
    if decided.sender == AUDIT:
        return advance(Head(), link, entry)
    return Head(decided.after_position, decided.head)
