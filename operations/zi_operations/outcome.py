"""The exit statuses of `zona` and the one error that stops a command; docs/operations.md is checked against the table."""

from enum import Enum

from zi_verify.verdict import Language, Sentence


class OperationStatus(Enum):
    """The exit statuses, by number: name for people, and meaning."""

    DONE = (0, Sentence("done", "selesai"), Sentence("all is well", "semuanya baik"))
    FOUND = (
        1,
        Sentence("found", "ditemukan"),
        Sentence(
            "something is not as it should be; the lines above say what, and what to do",
            "ada yang tidak semestinya; baris di atas menyebutnya dan apa yang harus dilakukan",
        ),
    )
    REFUSED = (
        2,
        Sentence("refused", "ditolak"),
        Sentence(
            "nothing was done: an option, a file or a setting is wrong",
            "tidak ada yang dilakukan: pilihan, berkas, atau setelan salah",
        ),
    )
    NOT_EMPTY = (
        3,
        Sentence("not empty", "tidak kosong"),
        Sentence(
            "nothing was restored: this house has data already",
            "tidak ada yang dipulihkan: rumah ini sudah berisi data",
        ),
    )
    CHANGED = (
        4,
        Sentence("changed", "berubah"),
        Sentence(
            "nothing was restored: the backup was changed or cut short, or is of another key",
            "tidak ada yang dipulihkan: cadangan berubah atau terpotong, atau milik kunci lain",
        ),
    )
    OLD = (
        5,
        Sentence("old", "lama"),
        Sentence(
            "there is something newer than this backup: another backup, or messages that it lacks",
            "ada yang lebih baru daripada cadangan ini: cadangan lain, atau pesan yang tidak dimilikinya",
        ),
    )
    UNSETTLED = (
        6,
        Sentence("unsettled", "belum selesai"),
        Sentence(
            "restored, and nobody knows yet who was erased after the backup: personal data stays locked until zona erasures",
            "dipulihkan, dan belum diketahui siapa yang dihapus sesudah cadangan: data pribadi terkunci sampai zona erasures",
        ),
    )
    NO_ROOM = (
        7,
        Sentence("no room", "tidak ada ruang"),
        Sentence(
            "nothing was kept: the disk is full or refused to write",
            "tidak ada yang disimpan: penyimpanan penuh atau menolak ditulisi",
        ),
    )
    NO_BACKUP = (
        8,
        Sentence("no backup", "bukan cadangan"),
        Sentence(
            "this folder is no backup of zona, but for example a copy of files that was made while the house ran",
            "folder ini bukan cadangan zona, misalnya salinan berkas yang dibuat ketika rumah berjalan",
        ),
    )
    UNREADABLE = (
        9,
        Sentence("unreadable", "tidak terbaca"),
        Sentence(
            "a database does not answer, or a file of the published log is damaged; the line above names it",
            "sebuah basis data tidak menjawab, atau berkas log yang terbit rusak; baris di atas menyebutnya",
        ),
    )

    DOWNGRADE = (
        10,
        Sentence("downgrade", "penurunan"),
        Sentence(
            "nothing was done: a newer version of the programs has written in this house",
            "tidak ada yang dilakukan: versi program yang lebih baru telah menulis di rumah ini",
        ),
    )

    AWAY = (
        11,
        Sentence("away", "tidak terhubung"),
        Sentence(
            "the bucket does not answer or refuses, and backups in folders are as they were; or NATS does not, for zona shorten",
            "bucket tidak menjawab atau menolak, dan cadangan di folder tetap utuh; atau NATS, untuk zona shorten",
        ),
    )

    UNWITNESSED = (
        12,
        Sentence("unwitnessed", "belum disaksikan"),
        Sentence(
            "a stream can't be shortened: no witness has signed a ledger that holds its messages",
            "aliran tidak dapat dipendekkan: belum ada saksi yang menandatangani buku besar dengan pesannya",
        ),
    )

    UNHEARD = (
        13,
        Sentence("unheard", "belum didengar"),
        Sentence(
            "a stream can't be shortened: somebody who hears it has not acknowledged its messages",
            "aliran tidak dapat dipendekkan: ada pendengar yang belum mengakui pesannya",
        ),
    )

    UNPRACTISED = (
        14,
        Sentence("unpractised", "belum dilatih"),
        Sentence(
            "a stream can't be shortened: no drill, or no backup, goes that far",
            "aliran tidak dapat dipendekkan: belum ada latihan atau cadangan yang mencakupnya",
        ),
    )

    UNCOPIED = (
        15,
        Sentence("uncopied", "belum disalin"),
        Sentence(
            "no stream was shortened: an erasure is not among the copies that are kept for ever",
            "tidak ada aliran yang dipendekkan: ada penghapusan yang belum ada di antara salinan yang disimpan selamanya",
        ),
    )

    CONTRADICTED = (
        16,
        Sentence("contradicted", "bertentangan"),
        Sentence(
            "stream, store and ledger do not have the same message at one position, or a stream is not as it should be after it was shortened: zona check",
            "aliran, penyimpanan, dan buku besar berbeda pada satu posisi, atau aliran tidak semestinya sesudah dipendekkan: zona check",
        ),
    )

    NOT_REMOVED = (
        17,
        Sentence("not removed", "tidak dihapus"),
        Sentence(
            "the backup was made and is whole; older ones that were to be removed are still there",
            "cadangan dibuat dan utuh; yang lebih lama dan seharusnya dihapus masih ada",
        ),
    )

    def __init__(self, code: int, word: Sentence, meaning: Sentence) -> None:
        self.code = code
        self.word = word
        self.meaning = meaning


class OperationError(Exception):
    """The command ends; the sentence tells the operator what was found and what to do."""

    def __init__(self, outcome: OperationStatus, en: str, id: str) -> None:
        super().__init__(en)
        self.outcome = outcome
        self.sentence = Sentence(en, id)


def table(language: Language) -> str:
    """All statuses by number, one a line, as the help shows them."""
    width = max(len(each.word.render(language)) for each in OperationStatus)
    return "\n".join(
        f"  {each.code:2}  {each.word.render(language):{width}}  {each.meaning.render(language)}"
        for each in OperationStatus
    )
