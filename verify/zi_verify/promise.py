"""The check of a service's promise. The leaf is looked for in a tree that the policy's quorum signed; the promise is broken if the quorum
signed a tree without the leaf after the promised time. Nothing of the office is believed but what its keys signed."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from zi_tlog.checkpoint import Checkpoint, parse_checkpoint
from zi_tlog.error import LogError
from zi_tlog.note import NoteKey, Verifier, parse_note, parse_vkey
from zi_tlog.policy import NO_QUORUM, Endorsement, Policy
from zi_tlog.promise import Promise, open_promise
from zi_tlog.tile import MissingError
from zi_verify.error import VerifyError
from zi_verify.leaf_search import confirm_hint, find_leaf, is_of_this_log
from zi_verify.memory import moment
from zi_verify.promise_file import BrokenPromise, read_promise
from zi_verify.quorum import is_confirmed
from zi_verify.source import DeniedError, LogSource
from zi_verify.status import ExitStatus, severest
from zi_verify.trust import Comparison, log_names, no_policy, published
from zi_verify.verdict import CheckFinding, Failed, Included, Sentence, Verdict, refused
from zi_verify.walk import Progress


class PromisingLog(LogSource, Protocol):
    """A log, and what its office publishes beside it."""

    def promise_key(self) -> bytes | None:
        """The verifier key of the service that promises."""
        ...

    def receipt(self, event_id: str) -> bytes | None:
        """The `.tlog-proof` of an event; a hint where to look, and no more."""
        ...

    def history(self) -> list[int]:
        """The sizes, in order, whose checkpoints stay readable as checkpoints/<size>."""
        ...


@dataclass(frozen=True)
class Pins:
    """The reader's own trust anchors, not from the office: the key of the service that promises, and a function that compares the policy
    of a log, called with the log's name and the offered policy."""

    key: NoteKey | None
    compare: Callable[[str, Policy | None], Comparison | None]


@dataclass(frozen=True)
class PromiseReport:
    """The result of checking a promise; `broken` is the text that proves a broken promise to others."""

    status: ExitStatus
    verdict: Verdict
    remarks: tuple[Sentence, ...] = ()
    broken: bytes | None = None


@dataclass(frozen=True)
class _Tree:
    # A tree that the policy accepts, as the log signed it.
    note: bytes
    endorsement: Endorsement

    @property
    def head(self) -> Checkpoint:
        return self.endorsement.checkpoint


def check_promise(
    data: bytes, log: PromisingLog, pins: Pins, now: int, progress: Progress = lambda size, total: None
) -> PromiseReport:
    """Check a file with a promise against the log at the POSIX second `now`. Raises VerifyError if something is missing without which
    nothing can be checked."""
    try:
        file = read_promise(data)
        broken = file if isinstance(file, BrokenPromise) else None
        key = pins.key or (broken.key if broken else _offered_key(log))
        note = file.promise if isinstance(file, BrokenPromise) else file
        promise = open_promise(note, Verifier(key))
        comparison = pins.compare(_origin(promise), broken.policy if broken else published(log))
    except LogError as error:
        return _failed(CheckFinding("promise", refused(error)))
    if comparison is None:
        raise no_policy()
    check = _Check(note, promise, key, comparison.policy, log, now, progress)
    try:
        report = check.again(broken.checkpoint) if broken else check.ask()
    except (MissingError, DeniedError) as error:
        report = _unread(error)
    except LogError as error:
        report = _failed(CheckFinding("log", refused(error)))
    lacks = [each.status for each in comparison.shortfalls] + ([] if pins.key else [ExitStatus.NOT_COMPARED])
    unpinned = [each.why for each in comparison.shortfalls]
    compared_with = (_KEY_PINNED if pins.key else _KEY_UNPINNED, comparison.remark, *unpinned)
    remarks = (*_names(check), *compared_with, *report.remarks)
    if broken and lacks and report.status is ExitStatus.PROMISE_BROKEN:
        # Anybody can write such a text with keys of their own: nothing follows about the office that it names.
        return replace(report, remarks=(*remarks, _ANYBODYS_KEYS), status=ExitStatus.NOT_COMPARED)
    return replace(report, remarks=remarks, status=severest([report.status, *lacks]))


@dataclass(frozen=True)
class _Check:
    # One promise under its key, and the log under its policy.
    note: bytes
    promise: Promise
    key: NoteKey
    policy: Policy
    log: PromisingLog
    now: int
    progress: Progress

    def ask(self) -> PromiseReport:
        newest = self._newest()
        if newest is None:
            return _open(ExitStatus.QUORUM, _NO_TREE)
        hint = confirm_hint(
            self.log.receipt(self.promise.event_id), self.promise.leaf, newest.head, self.log.read
        )
        index = self._find(newest) if hint is None else hint
        return self._absent(newest) if index is None else self._present(newest, index)

    def again(self, checkpoint: bytes) -> PromiseReport:
        """The report on a tree that somebody says lacks the leaf."""
        tree = _Tree(checkpoint, self.policy.check(checkpoint, self.now))
        if not self._is_about(tree):
            return _failed(CheckFinding("checkpoint", _OTHER_LOG))
        if not self._is_confirmed_after(tree):
            return _failed(CheckFinding("checkpoint", _NOT_AFTER))
        index = self._find(tree)
        return self._broken(tree, None) if index is None else _failed(CheckFinding("promise", _there(index)))

    def _newest(self) -> _Tree | None:
        note = self.log.read("checkpoint")
        if note is None:
            raise MissingError("checkpoint is missing.")
        newest = _Tree(note, self.policy.endorsement(note, self.now))
        if self.policy.witnessed(newest.endorsement):
            return newest
        return self._tree("cosigned", newest.head.origin)

    def _tree(self, path: str, origin: str) -> _Tree | None:
        note = self.log.read(path)
        try:
            tree = None if note is None else _Tree(note, self.policy.check(note, self.now))
        except LogError:
            return None
        return tree if tree is not None and tree.head.origin == origin else None

    def _find(self, tree: _Tree) -> int | None:
        return find_leaf(self.promise.leaf, tree.head, self.log.read, self.progress)

    def _absent(self, newest: _Tree) -> PromiseReport:
        by = self.promise.by
        if not self._is_about(newest):
            raise _other_log(_origin(self.promise), newest.head.origin)
        if by is None:
            return _open(ExitStatus.NOT_WITNESSED_YET, _absent_undated(newest.head.size))
        if self._is_confirmed_after(newest):
            return self._broken(newest, None)
        if self.now <= by.timestamp():
            return _open(
                ExitStatus.NOT_WITNESSED_YET, _absent_yet(newest.head.size, moment(int(by.timestamp())))
            )
        return _open(ExitStatus.QUORUM, _UNWITNESSED if self.policy.quorum == NO_QUORUM else _NOTHING_LATER)

    def _present(self, newest: _Tree, index: int) -> PromiseReport:
        first = self._first_with(index, newest)
        place, by = _included(index, first.head.size, self._confirmed_at(first)), self.promise.by
        if by is None or self.now <= by.timestamp() or self._is_confirmed_by(first):
            return PromiseReport(ExitStatus.PASSED, Included(), (place,))
        if self.policy.quorum == NO_QUORUM:
            return PromiseReport(ExitStatus.QUORUM, Included(), (place, _UNDATABLE))
        last = self._last_without(index, newest)
        if last is not None and self._is_confirmed_after(last) and self._find(last) is None:
            return self._broken(last, index)
        return PromiseReport(ExitStatus.NOT_READ, Included(), (place, _UNREAD_PAST))

    def _first_with(self, index: int, newest: _Tree) -> _Tree:
        sizes = self.log.history()
        for size in sizes[bisect_right(sizes, index) :][:1]:
            tree = self._tree(f"checkpoints/{size}", newest.head.origin)
            if tree is not None and tree.head.size == size and is_of_this_log(tree.head, self.log.read):
                return tree
        return newest

    def _last_without(self, index: int, newest: _Tree) -> _Tree | None:
        sizes = self.log.history()
        for size in sizes[: bisect_right(sizes, index)][-1:]:
            tree = self._tree(f"checkpoints/{size}", newest.head.origin)
            if tree is not None and tree.head.size == size:
                return tree
        return None

    def _is_about(self, tree: _Tree) -> bool:
        return _origin(self.promise) == tree.head.origin

    def _is_confirmed_after(self, tree: _Tree) -> bool:
        by = self.promise.by
        return by is not None and self._is_confirmed(tree, lambda at: at > by.timestamp())

    def _is_confirmed_by(self, tree: _Tree) -> bool:
        by = self.promise.by
        return by is not None and self._is_confirmed(tree, lambda at: at <= by.timestamp())

    def _is_confirmed(self, tree: _Tree, is_counted: Callable[[int], bool]) -> bool:
        return is_confirmed(self.policy, tree.endorsement, is_counted)

    def _confirmed_at(self, tree: _Tree) -> int | None:
        # The first moment by which a quorum of the witnesses had signed.
        times = sorted(tree.endorsement.cosigned.values())
        return next((time for time in times if self._is_confirmed(tree, time.__ge__)), None)

    def _broken(self, tree: _Tree, index: int | None) -> PromiseReport:
        assert self.promise.by is not None, "only a date can be broken"
        finding = CheckFinding("promise", _not_held(self.promise.by.timestamp(), tree.endorsement))
        remarks = () if index is None else (_came_later(index),)
        text = BrokenPromise(self.key, self.note, self.policy, tree.note).format()
        return PromiseReport(ExitStatus.PROMISE_BROKEN, Failed((finding,)), remarks, text)


def needs(data: bytes) -> VerifyError:
    """The error that says what is needed to check this file."""
    try:
        file = read_promise(data)
        checkpoint = (
            parse_checkpoint(parse_note(file.checkpoint).text) if isinstance(file, BrokenPromise) else None
        )
    except LogError as error:
        return VerifyError(
            f"There is no promise in this file: {error}", f"Tidak ada janji dalam berkas ini: {error}"
        )
    if checkpoint is None:
        return VerifyError(
            "Whether a promise was kept, only the log can tell: give its address with --log.",
            "Apakah janji ditepati, hanya log yang dapat mengatakan: berikan alamatnya dengan --log.",
        )
    return VerifyError(
        f"To check this again it takes the tiles of the first {checkpoint.size} entries of the log {checkpoint.origin}"
        f" (tile/0/000 and so on), whoever has a copy of them: give an address, a folder or a zip with --log.",
        f"Untuk memeriksanya lagi diperlukan ubin dari {checkpoint.size} entri pertama log {checkpoint.origin}"
        f" (tile/0/000 dan seterusnya), salinan dari siapa pun: berikan alamat, folder, atau zip dengan --log.",
    )


def _origin(promise: Promise) -> str:
    # A service promises as <origin of the log>/<service>.
    return promise.name.rpartition("/")[0]


def _offered_key(log: PromisingLog) -> NoteKey:
    data = log.promise_key()
    if data is None:
        raise VerifyError(
            "The key of the service that promised is not published beside the log; give it with --key (the maklumat prints it).",
            "Kunci layanan yang berjanji tidak ada di samping log; berikan dengan --key (tercetak dalam maklumat).",
        )
    return parse_vkey(data.decode("utf-8", "replace").strip())


def _failed(finding: CheckFinding) -> PromiseReport:
    return PromiseReport(ExitStatus.FAIL, Failed((finding,)))


def _open(status: ExitStatus, why: Sentence) -> PromiseReport:
    return PromiseReport(status, Failed((CheckFinding("promise", why),)))


def _unread(error: MissingError | DeniedError) -> PromiseReport:
    why = error.sentence if isinstance(error, DeniedError) else refused(error)
    return PromiseReport(ExitStatus.NOT_READ, Failed((CheckFinding("log", why),)))


def _names(check: _Check) -> Iterator[Sentence]:
    promise = check.promise
    yield from log_names(check.policy, _origin(promise))
    yield Sentence(
        f"The promise: by {promise.name}, key {check.key.vkey}",
        f"Janji: dari {promise.name}, kunci {check.key.vkey}",
    )
    made, by = moment(int(promise.time.timestamp())), promise.by
    if by is None:
        yield Sentence(
            f"It was made at {made} about event {promise.event_id}; no date is promised.",
            f"Dibuat pada {made} tentang peristiwa {promise.event_id}; tanpa menjanjikan tanggal.",
        )
        return
    latest = moment(int(by.timestamp()))
    yield Sentence(
        f"It was made at {made}: event {promise.event_id} is in the log by {latest} at the latest.",
        f"Dibuat pada {made}: peristiwa {promise.event_id} ada dalam log paling lambat {latest}.",
    )


def _other_log(promised: str, read: str) -> VerifyError:
    return VerifyError(
        f"The promise is about the log {promised}, and this is {read}, which does not hold the message: give that log with --log.",
        f"Janji ini tentang log {promised}, sedangkan ini {read}, yang tidak memuat pesannya: berikan log itu dengan --log.",
    )


def _included(index: int, size: int, at: int | None) -> Sentence:
    if at is None:
        return Sentence(
            f"The message is entry {index} of the log, in its signed tree of {size} entries.",
            f"Pesan itu adalah entri {index} log, dalam pohon bertanda tangan yang memuat {size} entri.",
        )
    return Sentence(
        f"The message is entry {index} of the log, in the tree of {size} entries that the witnesses had signed by {moment(at)}.",
        f"Pesan itu adalah entri {index} log, dalam pohon {size} entri yang ditandatangani para saksi paling lambat {moment(at)}.",
    )


def _absent_undated(size: int) -> Sentence:
    return Sentence(
        f"not among the {size} entries that are signed so far; no date is promised, so ask again later",
        f"tidak ada di antara {size} entri yang ditandatangani sejauh ini; tanpa tanggal yang dijanjikan, jadi tanyakan lagi nanti",
    )


def _absent_yet(size: int, by: str) -> Sentence:
    return Sentence(
        f"not among the {size} entries that are signed so far; keep the promise and ask again after {by}",
        f"tidak ada di antara {size} entri yang ditandatangani sejauh ini; simpanlah janji ini dan tanyakan lagi sesudah {by}",
    )


def _not_held(by: float, endorsement: Endorsement) -> Sentence:
    signed = ", ".join(f"{name} {moment(at)}" for name, at in endorsement.cosigned.items())
    size, latest = endorsement.checkpoint.size, moment(int(by))
    return Sentence(
        f"not kept: the message was promised by {latest}, and the tree of {size} entries that was witnessed after that ({signed})"
        " does not hold it",
        f"dilanggar: pesan dijanjikan paling lambat {latest}, sedangkan pohon {size} entri yang disaksikan sesudahnya ({signed})"
        " tidak memuatnya",
    )


def _came_later(index: int) -> Sentence:
    return Sentence(
        f"The message came into the log too late, as entry {index}.",
        f"Pesan itu masuk ke log terlambat, sebagai entri {index}.",
    )


def _there(index: int) -> Sentence:
    return Sentence(
        f"the text is not true: the message is entry {index} of this tree",
        f"berkas ini tidak benar: pesan itu adalah entri {index} pohon ini",
    )


_ANYBODYS_KEYS = Sentence(
    "The text fits together, but its keys were not compared, and anybody can write such a text with keys of their own. It proves that this office"
    " broke its promise only with its own keys: --key and --policy, from the maklumat.",
    "Teks ini cocok satu sama lain, tetapi kuncinya tidak dibandingkan, dan siapa pun dapat menulis teks seperti ini dengan kunci sendiri. Teks ini"
    " membuktikan kantor ini melanggar janji hanya dengan kunci kantor itu: --key dan --policy, dari maklumat.",
)
_KEY_PINNED = Sentence(
    "The promise was checked with the key that you gave.", "Janji diperiksa dengan kunci yang Anda berikan."
)
_KEY_UNPINNED = Sentence(
    "The key of the promise was compared with nothing: compare it with the printed maklumat, and give it with --key.",
    "Kunci janji tidak dibandingkan dengan apa pun: bandingkan dengan maklumat yang tercetak, dan berikan dengan --key.",
)
_NO_TREE = Sentence(
    "no published tree carries the policy's quorum of witnesses",
    "tidak ada pohon terbit yang memuat kuorum saksi menurut kebijakan",
)
_NOTHING_LATER = Sentence(
    "not in the log, and the promised time has passed; but the witnesses signed nothing after it yet, so this can't be shown to"
    " anybody: ask again later",
    "tidak ada dalam log, dan waktu yang dijanjikan telah lewat; tetapi sesudahnya para saksi belum menandatangani apa pun, sehingga"
    " hal ini belum dapat ditunjukkan kepada siapa pun: tanyakan lagi nanti",
)
_UNWITNESSED = Sentence(
    "not in the log, and by this machine's clock the promised time has passed; but the policy asks for no witness, so nobody else says"
    " when this tree was signed and it can't be shown to anybody",
    "tidak ada dalam log, dan menurut jam komputer ini waktu yang dijanjikan telah lewat; tetapi kebijakan tidak menuntut saksi, sehingga"
    " tidak ada pihak lain yang menyebut kapan pohon ini ditandatangani dan hal ini tidak dapat ditunjukkan kepada siapa pun",
)
_UNDATABLE = Sentence(
    "Since when, nobody outside says: the policy asks for no witness, and the promised time has passed.",
    "Sejak kapan, tidak ada pihak luar yang menyebutnya: kebijakan tidak menuntut saksi, dan waktu yang dijanjikan telah lewat.",
)
_UNREAD_PAST = Sentence(
    "Whether it was there in time can't be told: the checkpoints of that time can't be read here (checkpoints/<size> of the log).",
    "Apakah tercantum tepat waktu tidak dapat dipastikan: checkpoint dari masa itu tidak terbaca di sini (checkpoints/<ukuran> log itu).",
)
_OTHER_LOG = Sentence(
    "the tree is one of another log than the promise", "pohon ini milik log lain daripada janjinya"
)
_NOT_AFTER = Sentence(
    "the quorum of witnesses did not sign this tree after the promised time",
    "kuorum saksi tidak menandatangani pohon ini sesudah waktu yang dijanjikan",
)
