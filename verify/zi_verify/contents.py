"""Private contents against the entries that commit to them: each item by its salted digest, and, of what is not shown, whether an erasure
that counts explains it."""

from collections.abc import Iterable

from zi_tlog.erasure import ErasureRule
from zi_tlog.evidence import PrivateItem
from zi_verify.acts import CaseAct
from zi_verify.verdict import CheckFinding, Erased, Included, Matching, Sentence, Verdict

# By (office, case), the index of the first erasure that counts.
Erasures = dict[tuple[str, str], int]


def counted_erasures(acts: Iterable[CaseAct]) -> Erasures:
    """The erasures that count, of acts that the log holds, in its order. One of another office or service, of another case, or without its
    request by one official and approval by another among these acts is none: what is not shown stays merely not shown."""
    rule, found = ErasureRule(), Erasures()
    for act in acts:
        if act.index is not None and rule.counts(act.erasure_step):
            found.setdefault((act.office, act.subject), act.index)
    return found


def item_finding(item: PrivateItem, act: CaseAct) -> CheckFinding | None:
    """Check an item of this act; return the fault, if there is one."""
    if not item.matches:
        return CheckFinding(
            item.name, Sentence("the content does not match its digest", "isi tidak cocok dengan digest-nya")
        )
    named = [ref for ref in act.refs if ref.digest == item.digest]
    if not named:
        return CheckFinding(
            item.name,
            Sentence(f"the digest is not in {act.place}", f"digest tidak ada dalam {act.place}"),
        )
    if not any(ref.item in (None, item.item_id) and ref.field in (None, item.field) for ref in named):
        return CheckFinding(
            item.name,
            Sentence(
                "the event gives this content another name", "pesan itu menyebut isi ini dengan nama lain"
            ),
        )
    return None


def content_verdict(act: CaseAct, disclosed: frozenset[str], erasures: Erasures) -> Verdict:
    """The verdict on an act of the log; `disclosed` are the digests of its contents that are in the zip and match."""
    is_hidden = any(ref.item is not None and ref.digest not in disclosed for ref in act.refs)
    erased_by = erasures.get((act.office, act.subject)) if act.subject else None
    if is_hidden and erased_by is not None and act.index is not None and erased_by >= act.index:
        return Erased(erased_by)
    return Matching() if disclosed else Included()
