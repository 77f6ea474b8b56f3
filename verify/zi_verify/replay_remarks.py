"""Remarks of a replay about the entries that it read or did not read, in both languages."""

from zi_verify.memory import moment
from zi_verify.verdict import Sentence
from zi_verify.walk import Reached


def hashes_only(first: int) -> Sentence:
    return Sentence(
        f"From entry {first} on the entries are not readable (they need the auditor's token): only hashes were checked there, not"
        " senders' chains. --entries messages demands them.",
        f"Mulai entri {first} isi entri tidak dapat dibaca (perlu token auditor): di sana hanya hash yang diperiksa, bukan rantai"
        " pengirim. --entries messages menuntutnya.",
    )


def not_read(first: int) -> Sentence:
    return Sentence(
        f"The first entry that could not be read is {first}: it was denied (is the token expired?) or is withheld. From there on only"
        " hashes were checked, not senders' chains.",
        f"Entri pertama yang tidak dapat dibaca adalah {first}: ditolak (apakah token kedaluwarsa?) atau tidak diberikan. Mulai dari"
        " sana hanya hash yang diperiksa, bukan rantai pengirim.",
    )


def taken_over(reached: Reached) -> Sentence:
    size, when = reached.edge.size, moment(reached.at)
    return Sentence(
        f"Went on from an interrupted run: the contents and chains of entries 0 to {size - 1} were checked by {when}; this time their"
        " hashes were computed again and are the same. --whole reads everything again.",
        f"Melanjutkan pemeriksaan yang terputus: isi dan rantai entri 0 sampai {size - 1} diperiksa sampai {when}; kali ini hash-nya"
        " dihitung ulang dan sama. --whole membaca semuanya lagi.",
    )


CHANGED = Sentence(
    "What an interrupted run had read is not the same any more: everything was read again.",
    "Yang telah dibaca pemeriksaan yang terputus sudah tidak sama: semuanya dibaca ulang.",
)
OTHER_ORIGIN = Sentence(
    "the log gave another name a moment ago", "log menyebut nama lain beberapa saat yang lalu"
)
OF_ANY_KIND = Sentence(
    "Every entry is word for word the one that the signed tree holds. What the entries say was not checked: they may be of any kind.",
    "Setiap entri persis sama dengan yang dimuat pohon bertanda tangan. Isi entri tidak diperiksa: jenisnya boleh apa pun.",
)
NOT_ASKED_FOR = Sentence(
    "The entries were not asked for: only hashes were checked, not senders' chains.",
    "Entri tidak diminta: hanya hash yang diperiksa, bukan rantai pengirim.",
)
