"""The check that the log of one signed checkpoint is the beginning of the log of a later one, by a proof from the tiles or from a file."""

from dataclasses import dataclass

from zi_tlog.error import LogError
from zi_tlog.policy import Endorsement, Policy
from zi_tlog.proof import verify_consistency
from zi_tlog.text import decode_hash, encode_base64
from zi_verify.continuity import broken, older, prove
from zi_verify.quorum import LACKS_QUORUM, judge, witnessed
from zi_verify.source import LogSource
from zi_verify.status import Shortfall
from zi_verify.verdict import CheckFinding, Failed, Included, Sentence, Verdict, refused


@dataclass(frozen=True)
class ConsistencyReport:
    """`proof`: the lines of a proof file, when it held; `shortfalls`: what of NEW the witnesses did not sign."""

    verdict: Verdict
    remarks: tuple[Sentence, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    proof: bytes | None = None


def check_consistency(
    old: bytes, new: bytes, policy: Policy, by: LogSource | bytes, now: int
) -> ConsistencyReport:
    """The report on two signed checkpoints; `by`: where the log's tiles are, or the content of a proof file. What is good is the newer one
    of the two that the policy's quorum signed."""
    opened: list[Endorsement] = []
    for name, note in (("OLD", old), ("NEW", new)):
        try:
            opened.append(policy.endorsement(note))
        except LogError as error:
            return _failed(CheckFinding(name, refused(error)))
    first, second = opened
    newest = witnessed(new, policy, now) or witnessed(old, policy, now)
    judged = judge(policy, newest, second.checkpoint.size, now, None)
    if judged.findings:
        return _failed(CheckFinding("NEW", LACKS_QUORUM))
    wrong, proof = _proven(first, second, by)
    if wrong is not None:
        return _failed(wrong)
    remarks = *judged.remarks, _beginning(first, second)
    return ConsistencyReport(Included(), remarks, judged.shortfalls, proof)


def _proven(
    first: Endorsement, second: Endorsement, by: LogSource | bytes
) -> tuple[CheckFinding | None, bytes]:
    known, head = older(first.checkpoint), second.checkpoint
    if not isinstance(by, bytes):
        wrong, hashes = prove(known, head, by)
        return wrong, "".join(f"{encode_base64(value)}\n" for value in hashes).encode()
    wrong = broken(known, head, None, None)
    if wrong is not None:
        return wrong, b""
    try:
        hashes = [decode_hash(line) for line in by.decode("ascii", "replace").split()]
        verify_consistency(known.checkpoint.size, head.size, known.checkpoint.root, head.root, hashes)
    except LogError as error:
        return CheckFinding("proof", refused(error)), b""
    return None, by


def _failed(finding: CheckFinding) -> ConsistencyReport:
    return ConsistencyReport(Failed((finding,)))


def _beginning(first: Endorsement, second: Endorsement) -> Sentence:
    old, new = first.checkpoint.size, second.checkpoint.size
    return Sentence(
        f"The {old} entries of OLD are the beginning of the {new} entries of NEW.",
        f"{old} entri pada OLD adalah awal dari {new} entri pada NEW.",
    )
