"""The policy that a log is checked against: the one that the person gave, the one that was pinned at first use, or, at first use, the one
that the office offers. A policy that differs from the pin counts only if the person accepts it by its digest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from zi_tlog.checkpoint import parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import parse_note
from zi_tlog.policy import Policy, parse_policy
from zi_verify.continuity import prove, verified
from zi_verify.error import VerifyError
from zi_verify.memory import Memory, moment
from zi_verify.pin import PolicyPin, dropped
from zi_verify.report import OWN_WORD
from zi_verify.source import LogSource
from zi_verify.standing import Adoption, KeyRotation
from zi_verify.status import ExitStatus, Shortfall
from zi_verify.verdict import CheckFinding, Sentence

POLICY_FILE = "witness-policy"


@dataclass(frozen=True)
class Trust:
    """The policy that counts for the log `origin` at `place`, and the one that is `offered`, by the person or else by the office. `pin`: what is
    pinned once the log held under it, or None where the pin stays as it is; `notice`: what is said when it is. `findings`: what differs from
    the pin and was not accepted."""

    origin: str
    policy: Policy
    place: str
    offered: Policy
    pin: PolicyPin | None = None
    notice: Sentence | None = None
    findings: tuple[CheckFinding, ...] = ()
    remarks: tuple[Sentence, ...] = ()
    rotations: tuple[KeyRotation, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    is_accepted: bool = False

    def settle(
        self, memory: Memory, rotations: tuple[KeyRotation, ...] | None = None
    ) -> tuple[Sentence, ...]:
        """Pin the policy of a log that held, with the changes of its key as far as they were read; give the notice of it."""
        if self.pin is None or self.findings:
            return ()
        memory.pin(
            replace(self.pin, rotations=self.rotations if rotations is None else rotations), self.place
        )
        if self.is_accepted:
            memory.forget(self.pin.origin, _strangers(memory, self.pin))
        return () if self.notice is None else (self.notice,)


def trusted(
    source: LogSource,
    note: bytes | None,
    place: str,
    policy: Policy | None,
    memory: Memory,
    accepted: str | None,
    now: int,
) -> Trust:
    """Choose the policy for the log at this place, whose checkpoint is in `note`. Raises VerifyError where there is none."""
    claimed = claimed_origin(note)
    known = memory.pin_at(place) or memory.pins().get(claimed)
    offered = policy or published(source) or (known.policy if known else None)
    if offered is None:
        raise no_policy()
    new = PolicyPin(claimed or (known.origin if known else ""), offered, now)
    is_same_log = known is not None and known.origin == new.origin
    trust = Trust(
        new.origin, offered, place, offered, rotations=known.rotations if known and is_same_log else ()
    )
    if accepted not in (None, new.digest):
        return replace(trust, findings=(CheckFinding(POLICY_FILE, _not_accepted(new)),))
    if known is not None and known.digest == new.digest:
        return replace(trust, pin=known, remarks=(_pinned_since(known),))
    if accepted is not None:
        return replace(trust, pin=new, notice=_accepted(new), is_accepted=True)
    if policy is not None:
        # What the person hands over is the trust itself, but it takes the place of an older pin only when that is said.
        return replace(trust, pin=new) if known is None else replace(trust, remarks=(_other_pin(known, new),))
    remarks = *_continued(new, note, source, memory), _way_out(new)
    if known is None:
        return _first_use(trust, new, memory, remarks)
    return replace(trust, policy=known.policy, findings=tuple(_differences(known, new)), remarks=remarks)


def _continued(new: PolicyPin, note: bytes | None, source: LogSource, memory: Memory) -> Iterator[Sentence]:
    # Who has to decide about another policy wants to know whether the log under it is still the one that was seen before.
    newest = max(
        memory.recall(new.origin).values(), key=lambda remembered: remembered.checkpoint.size, default=None
    )
    try:
        head = new.policy.endorsement(note or b"").checkpoint
    except LogError:
        return
    if newest is not None:
        known = verified(newest)
        broken, _ = prove(known, head, source)
        yield _goes_on(known.name) if broken is None else _does_not_go_on(broken)


def _first_use(trust: Trust, new: PolicyPin, memory: Memory, remarks: tuple[Sentence, ...]) -> Trust:
    strangers = _strangers(memory, new)
    if not strangers and memory.is_kept:
        return replace(trust, pin=new, notice=_pinned_now(new))
    if not strangers:
        return replace(trust, pin=new, shortfalls=(Shortfall(ExitStatus.NOT_COMPARED, OWN_WORD),))
    when = moment(memory.recall(new.origin)[strangers[0]].at)
    return replace(trust, findings=(CheckFinding(POLICY_FILE, _other_key(when)),), remarks=remarks)


def recorded(adoptions: Iterable[Adoption], trust: Trust) -> Iterator[Sentence]:
    """Return whether the last policy that the log records of itself is the one that is offered."""
    for adoption in [entry for entry in adoptions if entry.origin == trust.origin][-1:]:
        try:
            policy = parse_policy(adoption.policy.encode("utf-8", "surrogateescape"))
        except (LogError, UnicodeEncodeError):
            policy = None
        is_same = policy is not None and not (
            dropped(policy, trust.offered) or dropped(trust.offered, policy)
        )
        yield _recorded_so(adoption.index) if is_same else _recorded_otherwise(adoption.index)


def claimed_origin(note: bytes | None) -> str:
    """The name of the log that an unverified checkpoint gives; empty where there is no readable one."""
    try:
        return parse_checkpoint(parse_note(note or b"").text).origin
    except LogError:
        return ""


def _strangers(memory: Memory, pin: PolicyPin) -> list[str]:
    # Key ids under which this log was verified and which the policy does not name.
    keys = {log.key.key_id.hex() for log in pin.policy.logs}
    return [key for key in memory.recall(pin.origin) if key not in keys]


@dataclass(frozen=True)
class Comparison:
    """The policy that a file is checked against without pinning anything, with what it was compared, and what the log is known to have
    recorded about changes of its key."""

    policy: Policy
    remark: Sentence
    rotations: tuple[KeyRotation, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()


def compared(
    offered: Policy | None, own_policy: Policy | None, memory: Memory, origin: str = ""
) -> Comparison | None:
    """Choose the policy for a file that brings the offered one along: the given one, or the pin of a log that it names (or of the log
    `origin`); None where there is no policy at all."""
    policy = own_policy or offered
    origins = [origin, *(log.key.name for log in (policy.logs if policy else ()))]
    pin = next(filter(None, map(memory.pin_of, origins)), None)
    if own_policy is not None:
        return Comparison(own_policy, _COMPARED_WITH_FILE, pin.rotations if pin else ())
    if pin is not None:
        return Comparison(pin.policy, _compared_with_pin(pin), pin.rotations)
    if policy is None:
        return None
    names = ", ".join(memory.pins())
    return Comparison(
        policy, _COMPARED_WITH_NOTHING, (), (Shortfall(ExitStatus.NOT_COMPARED, _not_pinned(names)),)
    )


def log_names(policy: Policy, *origins: str) -> Iterator[Sentence]:
    """The name and the key of each log that the policy accepts, or of those of these names, in words."""
    for log in policy.logs:
        for name in origins or [log.key.name]:
            if log.signs_for(name):
                yield Sentence(
                    f"The log is {name}, and its key is {log.key.vkey}",
                    f"Log-nya adalah {name}, dan kuncinya {log.key.vkey}",
                )


def published(source: LogSource) -> Policy | None:
    """The policy that the office publishes beside the log."""
    data = source.policy()
    try:
        return None if data is None else parse_policy(data)
    except LogError as error:
        raise VerifyError(
            f"The policy beside the log is not usable: {error} Give one with --policy.",
            f"Kebijakan di samping log tidak dapat dipakai: {error} Berikan satu dengan --policy.",
        ) from error


def no_policy() -> VerifyError:
    """The error if neither the person nor the office names a policy."""
    return VerifyError(
        "No policy is published beside the log; give the log's key in a policy file with --policy.",
        "Tidak ada kebijakan di samping log; berikan kunci log dalam berkas kebijakan dengan --policy.",
    )


def _differences(known: PolicyPin, new: PolicyPin) -> Iterator[CheckFinding]:
    when = moment(known.at)
    if known.origin != new.origin:
        yield CheckFinding(POLICY_FILE, _other_origin(known, new, when))
    for line in dropped(known.policy, new.policy):
        yield CheckFinding(POLICY_FILE, _gone(line, when))
    for line in dropped(new.policy, known.policy):
        yield CheckFinding(POLICY_FILE, _added(line, when))


def _other_origin(known: PolicyPin, new: PolicyPin, when: str) -> Sentence:
    return Sentence(
        f"the log here was {known.origin} when it was pinned on {when}, and now is {new.origin}",
        f"log di sini adalah {known.origin} ketika disematkan pada {when}, dan kini {new.origin}",
    )


def _gone(line: str, when: str) -> Sentence:
    return Sentence(
        f"pinned on {when} and not in the policy any more: {line}",
        f"disematkan pada {when} dan tidak lagi ada dalam kebijakan: {line}",
    )


def _added(line: str, when: str) -> Sentence:
    return Sentence(
        f"new in the policy since it was pinned on {when}: {line}",
        f"baru dalam kebijakan sejak disematkan pada {when}: {line}",
    )


def _other_key(when: str) -> Sentence:
    return Sentence(
        f"on {when} a log of this name was verified under a key that this policy does not have",
        f"pada {when} log dengan nama ini diperiksa dengan kunci yang tidak ada dalam kebijakan ini",
    )


def _not_accepted(new: PolicyPin) -> Sentence:
    return Sentence(
        f"the policy that is offered is not the one that --accept names: its digest is {new.digest}",
        f"kebijakan yang ditawarkan bukan yang disebut --accept: digest-nya {new.digest}",
    )


def _goes_on(name: Sentence) -> Sentence:
    return Sentence(
        f"Under the policy that is offered the log continues {name.en}.",
        f"Menurut kebijakan yang ditawarkan, log melanjutkan {name.id}.",
    )


def _does_not_go_on(broken: CheckFinding) -> Sentence:
    return Sentence(
        f"Under the policy that is offered: {broken.why.en}.",
        f"Menurut kebijakan yang ditawarkan: {broken.why.id}.",
    )


def _way_out(new: PolicyPin) -> Sentence:
    return Sentence(
        "Compare the policy with what the office prints in its maklumat and with what its witnesses say. If the change is announced"
        f" there, run this once more with: --accept {new.digest}",
        "Bandingkan kebijakan itu dengan yang dicetak kantor dalam maklumatnya dan dengan kata para saksinya. Bila perubahan itu"
        f" diumumkan di sana, jalankan sekali lagi dengan: --accept {new.digest}",
    )


def _pinned_now(new: PolicyPin) -> Sentence:
    return Sentence(
        "First use: the policy comes from the office itself and is pinned from now on. Compare its keys, or its digest, with what the"
        f" office prints in its maklumat: {new.digest}",
        "Pemakaian pertama: kebijakan ini berasal dari kantor itu sendiri dan mulai sekarang disematkan. Bandingkan kuncinya, atau"
        f" digest-nya, dengan yang dicetak kantor dalam maklumatnya: {new.digest}",
    )


def _pinned_since(known: PolicyPin) -> Sentence:
    return Sentence(
        f"The policy is the one that was pinned on {moment(known.at)}: {known.digest}",
        f"Kebijakan sama dengan yang disematkan pada {moment(known.at)}: {known.digest}",
    )


def _accepted(new: PolicyPin) -> Sentence:
    return Sentence(
        f"You accepted this policy; it is pinned from now on: {new.digest}",
        f"Anda menerima kebijakan ini; mulai sekarang disematkan: {new.digest}",
    )


def _other_pin(known: PolicyPin, new: PolicyPin) -> Sentence:
    return Sentence(
        f"The policy that you gave is not the one that was pinned on {moment(known.at)}; yours was used, and the pin stays."
        f" To pin yours: --accept {new.digest}",
        f"Kebijakan yang Anda berikan bukan yang disematkan pada {moment(known.at)}; milik Anda yang dipakai, dan sematan tetap."
        f" Untuk menyematkan milik Anda: --accept {new.digest}",
    )


def _recorded_so(index: int) -> Sentence:
    return Sentence(
        f"Entry {index} of the log records this policy.", f"Entri {index} dalam log mencatat kebijakan ini."
    )


def _recorded_otherwise(index: int) -> Sentence:
    return Sentence(
        f"The last policy that the log records, in entry {index}, is another one. Ask the office and its witnesses which one counts.",
        f"Kebijakan terakhir yang dicatat log, dalam entri {index}, lain daripada ini. Tanyakan kepada kantor dan para saksinya mana yang"
        " berlaku.",
    )


def _compared_with_pin(known: PolicyPin) -> Sentence:
    return Sentence(
        f"Compared with the policy that was pinned on {moment(known.at)}: {known.digest}",
        f"Dibandingkan dengan kebijakan yang disematkan pada {moment(known.at)}: {known.digest}",
    )


def _not_pinned(names: str) -> Sentence:
    return Sentence(
        "These keys come from the office itself. Compare them with its maklumat, give a policy with --policy, or let `zi-verify log` pin the"
        f" log first. Pinned so far: {names or 'nothing'}.",
        "Kunci ini berasal dari kantor itu sendiri. Bandingkan dengan maklumatnya, berikan kebijakan dengan --policy, atau biarkan"
        f" `zi-verify log` menyematkan log itu dahulu. Yang sudah disematkan: {names or 'tidak ada'}.",
    )


_COMPARED_WITH_FILE = Sentence(
    "Compared with the policy that you gave with --policy.",
    "Dibandingkan dengan kebijakan yang Anda berikan dengan --policy.",
)
_COMPARED_WITH_NOTHING = Sentence("Not compared with anything.", "Tidak dibandingkan dengan apa pun.")
