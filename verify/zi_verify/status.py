"""The exit statuses of every command, defined once: docs/verify.md and the help are checked against this table."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from zi_verify.verdict import Language, Sentence


class ExitStatus(Enum):
    """The exit statuses of a run, the most severe first: number, name for people, and meaning."""

    NOT_SIGNED_PERSONALLY = (
        10,
        Sentence("not signed personally", "tidak ditandatangani secara pribadi"),
        Sentence(
            "the letter promises the personal signature of its signatory, which is missing or does not hold",
            "surat menjanjikan tanda tangan pribadi penanda tangannya, yang tidak ada atau tidak sah",
        ),
    )
    FAIL = (
        1,
        Sentence("FAIL", "GAGAL"),
        Sentence("a check failed", "sebuah pemeriksaan gagal"),
    )
    PROMISE_BROKEN = (
        8,
        Sentence("promise broken", "janji dilanggar"),
        Sentence(
            "the time that a promise names has passed and its message is not in a tree that the witnesses signed",
            "waktu yang disebut sebuah janji telah lewat dan pesannya tidak ada dalam pohon yang ditandatangani saksi",
        ),
    )
    NOT_VALID_THEN = (
        9,
        Sentence("not valid then", "tidak berlaku saat itu"),
        Sentence(
            "the letter was not valid on the day that you gave or by the ledger that you gave, or its signatures prove nothing for that long",
            "surat tidak berlaku pada hari atau menurut buku besar yang Anda berikan, atau tanda tangannya tidak membuktikan apa pun selama itu",
        ),
    )
    NOT_READ = (
        7,
        Sentence("not read", "tidak terbaca"),
        Sentence(
            "something that you asked for could not be read: a token was denied or has expired, entries are withheld, or a letter's page could not be made again",
            "sesuatu yang Anda minta tidak dapat dibaca: token ditolak atau kedaluwarsa, entri tidak diberikan, atau halaman surat tidak dapat dibuat ulang",
        ),
    )
    QUORUM = (
        4,
        Sentence("QUORUM", "KUORUM"),
        Sentence(
            "the policy's quorum of witnesses signed nothing new, or nothing as new as --max-age demands",
            "kuorum saksi menurut kebijakan tidak menandatangani yang baru, atau tidak sebaru yang dituntut --max-age",
        ),
    )
    STALL = (
        3,
        Sentence("STALL", "MACET"),
        Sentence(
            "no growth and no new cosignature for longer than --stall",
            "tidak bertambah dan tidak ada tanda tangan saksi baru lebih lama daripada --stall",
        ),
    )
    NOT_WITNESSED_YET = (
        6,
        Sentence("not witnessed yet", "belum disaksikan"),
        Sentence(
            "what is reported as good is good; something lies beyond the newest tree that the quorum signed",
            "yang dilaporkan baik memang baik; ada yang di luar pohon terbaru yang ditandatangani kuorum",
        ),
    )
    NOT_COMPARED = (
        5,
        Sentence("not compared", "tidak dibandingkan"),
        Sentence(
            "everything fits together, but the keys were compared with nothing: give --policy, or let `log` pin them first; or --signatories for a letter",
            "semuanya sesuai, tetapi kuncinya tidak dibandingkan dengan apa pun: beri --policy, atau biarkan `log` menyematkannya dahulu; atau --signatories untuk surat",
        ),
    )
    NOTHING_CHECKED = (
        2,
        Sentence("nothing checked", "tidak ada yang diperiksa"),
        Sentence(
            "nothing could be checked: a wrong option, no such file, no network, a fault of this machine or program, or it was interrupted",
            "tidak ada yang dapat diperiksa: pilihan salah, berkas tidak ada, tanpa jaringan, kesalahan mesin atau program ini, atau terputus",
        ),
    )
    PASSED = (
        0,
        Sentence("held", "sesuai"),
        Sentence("everything that you asked for held", "semua yang Anda minta sesuai"),
    )

    def __init__(self, code: int, word: Sentence, meaning: Sentence) -> None:
        self.code, self.word, self.meaning = code, word, meaning


@dataclass(frozen=True)
class Shortfall:
    """Something that was asked for and not reached, although no check failed."""

    status: ExitStatus
    why: Sentence


def severest(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """The status that counts where several apply; PASSED where none does."""
    present = set(statuses)
    return next((status for status in ExitStatus if status in present), ExitStatus.PASSED)


def table(language: Language) -> str:
    """All statuses by number, one a line, as the help shows them."""
    ordered = sorted(ExitStatus, key=lambda status: status.code)
    width = max(len(status.word.render(language)) for status in ExitStatus)
    return "\n".join(
        f"  {status.code}  {status.word.render(language):{width}}  {status.meaning.render(language)}"
        for status in ordered
    )
