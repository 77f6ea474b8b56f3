"""An act of evidence that is in no tree yet: whether that is as promised, by the time that its promise names and those at which the witnesses
signed the tree of the evidence."""

from datetime import datetime

from zi_tlog.policy import Endorsement, Policy
from zi_tlog.promise import Promise
from zi_verify.acts import CaseAct
from zi_verify.memory import moment
from zi_verify.quorum import is_confirmed
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.verdict import Sentence


def judge_awaited(
    act: CaseAct, promise: Promise | None, tree: Endorsement | None, policy: Policy, now: int
) -> Shortfall:
    """The shortfall of an act that is not in this tree according to the sealed manifest, at `now` (POSIX second). The promise is broken
    if the quorum signed the tree after the promised time; an earlier tree, or one without a time, proves nothing."""
    by = None if promise is None else promise.by
    if promise is None or by is None:
        return _not_yet(act, tree)
    is_its_log = tree is not None and promise.name.rpartition("/")[0] == tree.checkpoint.origin
    if tree is not None and is_its_log and is_confirmed(policy, tree, lambda at: at > by.timestamp()):
        return Shortfall(ExitStatus.PROMISE_BROKEN, _broken(act, by, tree.checkpoint.size))
    return _passed(act, by) if now > by.timestamp() else _not_yet(act, tree)


def _not_yet(act: CaseAct, tree: Endorsement | None) -> Shortfall:
    size = 0 if tree is None else tree.checkpoint.size
    return Shortfall(
        ExitStatus.NOT_WITNESSED_YET,
        Sentence(
            f"{act.file}: not in the tree of {size} entries yet: promise valid (keep it; ask for the evidence again later)",
            f"{act.file}: belum ada dalam pohon {size} entri: janji sah (simpanlah; minta bukti lagi nanti)",
        ),
    )


def _passed(act: CaseAct, by: datetime) -> Shortfall:
    when = moment(int(by.timestamp()))
    return Shortfall(
        ExitStatus.NOT_WITNESSED_YET,
        Sentence(
            f"{act.file}: promised to be in the log by {when}, which has passed since this evidence was made. Whether the promise was kept,"
            " the log tells: zi-verify promise",
            f"{act.file}: dijanjikan ada dalam log paling lambat {when}, yang telah lewat sejak bukti ini dibuat. Apakah janji itu ditepati,"
            " log yang dapat mengatakan: zi-verify promise",
        ),
    )


def _broken(act: CaseAct, by: datetime, size: int) -> Sentence:
    when = moment(int(by.timestamp()))
    return Sentence(
        f"{act.file}: promised to be in the log by {when}. The witnesses signed the tree of {size} entries after that, and the office itself"
        " says under its seal that the act is not in it: the promise is broken. To show it to others: zi-verify promise",
        f"{act.file}: dijanjikan ada dalam log paling lambat {when}. Para saksi menandatangani pohon {size} entri sesudahnya, dan kantor"
        " sendiri menyatakan dengan segelnya bahwa tindakan itu tidak ada di dalamnya: janji dilanggar. Untuk menunjukkannya kepada"
        " orang lain: zi-verify promise",
    )
