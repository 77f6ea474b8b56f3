"""The command line of `zi-verify` and its help, in both languages."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from zi_verify.status import Status
from zi_verify.verdict import Language, Sentence
from zi_verify.walk import Entries

Command = Callable[[argparse.Namespace], Status]

_ABOUT = Sentence(
    """\
Checks what a Zona office says about its ledger, without trusting the office.

verdicts, always one of these four, on the last line:
  included                               the message is in the ledger, word for word
  included and matching                  and the private contents are the ones that it commits to
  included, payload erased (entry n)     and the contents were destroyed, as entry n of the ledger records
  FAIL                                   a check failed; the lines above name the file and the check

exit status: 0 for the first three, 1 for FAIL, 2 when nothing could be checked (a wrong option, no such file, no network);
`watch` has two more. Bahasa Indonesia: zi-verify --help --language id
""",
    """\
Memeriksa apa yang dikatakan kantor Zona tentang buku besarnya, tanpa mempercayai kantor itu.

putusan, selalu salah satu dari empat ini, pada baris terakhir:
  tercantum                              pesan ada di buku besar, persis kata demi kata
  tercantum dan cocok                    dan isi pribadinya adalah yang terikat dalam pesan itu
  tercantum, isi telah dihapus (entri n) dan isinya dimusnahkan, seperti dicatat entri n buku besar
  GAGAL                                  sebuah pemeriksaan gagal; baris di atasnya menyebut berkas dan pemeriksaannya

status keluar: 0 untuk tiga yang pertama, 1 untuk GAGAL, 2 bila tidak ada yang dapat diperiksa (pilihan salah, berkas tidak ada,
tanpa jaringan); `watch` punya dua lagi. English: zi-verify --help --language en
""",
)
_RECEIPT = Sentence(
    """\
Checks an evidence zip without any network: for each entry the signature on the checkpoint, the policy's quorum of
witnesses, the inclusion proof, the service's promise; for each private item its salted digest in the entry.

  zi-verify receipt evidence.zip
  zi-verify receipt evidence.zip --policy policy-from-the-maklumat.txt --language id
""",
    """\
Memeriksa zip bukti tanpa jaringan: untuk setiap entri tanda tangan pada checkpoint, kuorum saksi menurut kebijakan, bukti
pencantuman, dan janji layanan; untuk setiap isi pribadi digest bergaramnya di dalam entri.

  zi-verify receipt evidence.zip
  zi-verify receipt evidence.zip --policy kebijakan-dari-maklumat.txt --language id
""",
)
_LOG = Sentence(
    """\
Replays a whole log from an address, a folder or a zip: the signature on the checkpoint, every tile recomputed from the leaf
hashes, every entry hashed again, every sender's hash chain and every aggregate's versions. Entries that may not be read are
checked by their hashes only, and the output says so.

The newest checkpoint that held is remembered, and the next run demands that the log continues it: a log that became shorter is
called a rollback, one with another past a fork. A replay that was interrupted goes on where it was: the hashes of what was read
before are computed again, the contents are not read again; --whole does that too.

A log that continues another one under a new name quotes that one's last checkpoint as its entry 0; with --predecessor the old
log is replayed too, and every chain must go on where it ended there.

  zi-verify log https://office.example/audit/log --token-file token.txt --policy policy.txt
  zi-verify log copy-of-the-log.zip --policy policy.txt --from-checkpoint last-year.checkpoint
""",
    """\
Memutar ulang seluruh log dari alamat, folder, atau zip: tanda tangan pada checkpoint, setiap ubin dihitung ulang dari hash daun,
setiap entri di-hash lagi, rantai hash setiap pengirim dan versi setiap agregat. Entri yang tidak boleh dibaca diperiksa hanya
lewat hash-nya, dan keluaran mengatakannya.

Checkpoint terbaru yang lolos diingat, dan pemeriksaan berikutnya menuntut bahwa log melanjutkannya: log yang menjadi lebih
pendek disebut kemunduran (rollback), yang masa lalunya lain disebut percabangan (fork). Pemeriksaan yang terputus dilanjutkan:
hash dari yang sudah dibaca dihitung ulang, isinya tidak dibaca ulang; --whole membaca semuanya.

Log yang melanjutkan log lain dengan nama baru mengutip checkpoint terakhir log lama itu sebagai entri 0; dengan --predecessor log
lama juga diputar ulang, dan setiap rantai harus berlanjut dari ujungnya di sana.

  zi-verify log https://kantor.example/audit/log --token-file token.txt --policy kebijakan.txt
  zi-verify log salinan-log.zip --policy kebijakan.txt --from-checkpoint tahun-lalu.checkpoint
""",
)
_CONSISTENCY = Sentence(
    """\
Checks that the log of one signed checkpoint is the beginning of the log of a later one, by a proof that is made from the log's
tiles or was kept in a file (one hash in base64 a line, RFC 9162 order).

  zi-verify consistency old.checkpoint new.checkpoint --log https://office.example/audit/log --save-proof proof.txt
  zi-verify consistency old.checkpoint new.checkpoint --proof proof.txt --policy policy.txt
""",
    """\
Memeriksa bahwa log dari satu checkpoint bertanda tangan adalah awal dari log pada checkpoint yang lebih baru, dengan bukti yang
dibuat dari ubin log atau disimpan dalam berkas (satu hash base64 per baris, urutan RFC 9162).

  zi-verify consistency lama.checkpoint baru.checkpoint --log https://kantor.example/audit/log --save-proof bukti.txt
  zi-verify consistency lama.checkpoint baru.checkpoint --proof bukti.txt --policy kebijakan.txt
""",
)
_WATCH = Sentence(
    """\
Looks at a log every few minutes, or once for cron, and prints one line for each alarm; when all is well it prints nothing.

exit status (of --once, or of all polls until Ctrl-C; the worst one counts, in this order):
  1  FAIL         a fork, a rollback, a signature or a proof that does not hold, another key under the same name
  4  QUORUM       the policy's quorum of witnesses is missing on the newest checkpoints
  3  STALL        no growth and no new cosignature for longer than --stall
  2  UNREACHABLE  nothing could be read
  0               all is well

  zi-verify watch https://office.example/audit/log --policy policy.txt --every 300
  */15 * * * *  zi-verify watch https://office.example/audit/log --policy policy.txt --once --stall 86400
""",
    """\
Melihat log setiap beberapa menit, atau sekali untuk cron, dan mencetak satu baris untuk setiap alarm; bila semuanya baik tidak
mencetak apa pun.

status keluar (dari --once, atau dari semua pengamatan sampai Ctrl-C; yang terburuk berlaku, menurut urutan ini):
  1  GAGAL           percabangan, kemunduran, tanda tangan atau bukti yang tidak sah, kunci lain dengan nama yang sama
  4  KUORUM          kuorum saksi menurut kebijakan tidak ada pada checkpoint terbaru
  3  MACET           tidak bertambah dan tidak ada tanda tangan saksi baru lebih lama daripada --stall
  2  TAK TERJANGKAU  tidak ada yang dapat dibaca
  0                  semuanya baik

  zi-verify watch https://kantor.example/audit/log --policy kebijakan.txt --every 300
  */15 * * * *  zi-verify watch https://kantor.example/audit/log --policy kebijakan.txt --once --stall 86400
""",
)

_CERTIFICATE = Sentence(
    """\
Checks an official letter (PDF) without any network: one signature over the whole file; the ledger entry that issued it, and in it
the digests of content and template; the code on the page; and the page itself, which is made again from what the file carries and
must be the same to the byte. Needs the extra: pip install 'zi-verify[certificate]'.

Whether a letter was suspended or revoked since, only the network can tell.

  zi-verify certificate letter.pdf
  zi-verify certificate letter.pdf --policy policy-from-the-maklumat.txt --ca authority.pem
""",
    """\
Memeriksa surat resmi (PDF) tanpa jaringan: satu tanda tangan atas seluruh berkas; entri buku besar yang menerbitkannya, dan di
dalamnya digest isi dan templat; kode pada halaman; dan halaman itu sendiri, yang dibuat lagi dari isi berkas dan harus sama hingga
ke setiap bita. Membutuhkan tambahan: pip install 'zi-verify[certificate]'.

Apakah surat kemudian dibekukan atau dicabut, hanya jaringan yang dapat mengatakan.

  zi-verify certificate surat.pdf
  zi-verify certificate surat.pdf --policy kebijakan-dari-maklumat.txt --ca otoritas.pem
""",
)
_PROMISE = Sentence(
    """\
Checks the promise that an office signed when it took something in: the answer to the filing (JSON), the note alone, or the text that
shows a broken promise. The message's hash is looked for in the log's public tiles, recomputed to a root that the quorum of witnesses
signed; what the office answers about it is only a hint. After the promised time, a tree that was witnessed later and does not hold it
breaks the promise: then a text is printed that anybody can check again, with any copy of the tiles.

  zi-verify promise answer.json --log https://office.example/audit/log --key KEY-FROM-THE-MAKLUMAT --policy policy.txt
  zi-verify promise broken-promise.txt --log copy-of-the-log.zip --key KEY-FROM-THE-MAKLUMAT --policy policy.txt
""",
    """\
Memeriksa janji yang ditandatangani kantor ketika menerima sesuatu: jawaban atas laporan (JSON), catatannya saja, atau teks yang
menunjukkan janji yang dilanggar. Hash pesannya dicari dalam ubin publik log, yang dihitung ulang hingga akar yang ditandatangani
kuorum saksi; jawaban kantor tentangnya hanyalah petunjuk. Sesudah waktu yang dijanjikan, pohon yang disaksikan kemudian dan tidak
memuatnya berarti janji dilanggar: maka tercetak teks yang dapat diperiksa lagi oleh siapa pun, dengan salinan ubin mana pun.

  zi-verify promise jawaban.json --log https://kantor.example/audit/log --key KUNCI-DARI-MAKLUMAT --policy kebijakan.txt
  zi-verify promise janji-dilanggar.txt --log salinan-log.zip --key KUNCI-DARI-MAKLUMAT --policy kebijakan.txt
""",
)


def language_of(arguments: Sequence[str]) -> Language:
    """The language that the arguments choose, known before they are parsed, as the help is in it too."""
    words = [word for argument in arguments for word in argument.split("=", 1)]
    chosen = [after for word, after in pairwise(words) if word == "--language"]
    return "id" if chosen[-1:] == ["id"] else "en"


def parser(commands: Mapping[str, Command], language: Language) -> argparse.ArgumentParser:
    """Understands the whole command line; `commands` by name: receipt, log, consistency, watch, certificate, promise."""
    return _Options(commands, language).parser


class _Options:
    def __init__(self, commands: Mapping[str, Command], language: Language) -> None:
        self._commands, self._language = commands, language
        self.parser = argparse.ArgumentParser(
            prog="zi-verify", description=self._(_ABOUT), formatter_class=argparse.RawDescriptionHelpFormatter
        )
        self._common(self.parser, is_default=True)
        self._verbs = self.parser.add_subparsers(required=True, metavar="|".join(commands))
        self._receipt()
        self._log()
        self._consistency()
        self._watch()
        self._certificate()
        self._promise()

    def _(self, said: Sentence) -> str:
        return said.id if self._language == "id" else said.en

    def _say(self, en: str, id: str) -> str:
        return self._(Sentence(en, id))

    def _verb(self, name: str, short: str, about: Sentence) -> argparse.ArgumentParser:
        verb = self._verbs.add_parser(
            name,
            help=short,
            description=self._(about),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.set_defaults(run=self._commands[name])
        verb.add_argument(
            "--policy",
            type=Path,
            metavar="FILE",
            help=self._say(
                "tlog-policy with keys that you trust, not the office's",
                "tlog-policy dengan kunci yang Anda percayai, bukan dari kantor",
            ),
        )
        self._common(verb, is_default=False)
        return verb

    def _common(self, parser: argparse.ArgumentParser, *, is_default: bool) -> None:
        parser.add_argument(
            "--language",
            choices=("en", "id"),
            default="en" if is_default else argparse.SUPPRESS,
            help=self._say("of the sentences (default: en)", "bahasa kalimatnya (bawaan: en)"),
        )

    def _receipt(self) -> None:
        verb = self._verb(
            "receipt",
            self._say("check an evidence zip, offline", "memeriksa zip bukti, tanpa jaringan"),
            _RECEIPT,
        )
        verb.add_argument("evidence", type=Path, metavar="EVIDENCE.zip")

    def _log(self) -> None:
        verb = self._verb("log", self._say("replay a whole log", "memutar ulang seluruh log"), _LOG)
        self._place(verb, "place", "URL|FOLDER|ZIP")
        self._token(verb)
        self._memory(verb)
        self._accept(verb)
        verb.add_argument(
            "--from-checkpoint",
            type=Path,
            metavar="FILE",
            help=self._say(
                "an older signed checkpoint that the log must continue",
                "checkpoint lama bertanda tangan yang harus dilanjutkan log",
            ),
        )
        verb.add_argument(
            "--predecessor",
            action="append",
            default=[],
            metavar="URL|FOLDER|ZIP",
            help=self._say(
                "the log that entry 0 quotes; again for the one before it",
                "log yang dikutip entri 0; ulangi untuk log sebelumnya lagi",
            ),
        )
        verb.add_argument(
            "--entries",
            type=Entries,
            choices=list(Entries),
            metavar="messages|any|none",
            help=self._say(
                "what must be read: messages of a Zona house (default with --token-file), entries of any kind, or none;"
                " without it, what the log gives out",
                "yang harus dibaca: pesan rumah Zona (bawaan dengan --token-file), entri jenis apa pun, atau tidak ada;"
                " tanpa pilihan ini, apa yang diberikan log",
            ),
        )
        verb.add_argument(
            "--origin",
            metavar="NAME",
            help=self._say(
                "the log's name on its checkpoint, where it differs from its key's (with --entries any)",
                "nama log pada checkpoint-nya, bila berbeda dari nama kuncinya (dengan --entries any)",
            ),
        )
        verb.add_argument(
            "--whole",
            action="store_true",
            help=self._say(
                "read everything, even after an interrupted run",
                "baca semuanya, juga setelah pemeriksaan yang terputus",
            ),
        )

    def _consistency(self) -> None:
        verb = self._verb(
            "consistency",
            self._say(
                "check that one checkpoint continues another",
                "memeriksa bahwa satu checkpoint melanjutkan yang lain",
            ),
            _CONSISTENCY,
        )
        verb.add_argument("old", type=Path, metavar="OLD")
        verb.add_argument("new", type=Path, metavar="NEW")
        by = verb.add_mutually_exclusive_group(required=True)
        by.add_argument(
            "--log",
            metavar="URL|FOLDER|ZIP",
            help=self._say("where the tiles of the log are", "tempat ubin log berada"),
        )
        by.add_argument(
            "--proof",
            type=Path,
            metavar="FILE",
            help=self._say("a proof that was kept", "bukti yang disimpan"),
        )
        verb.add_argument(
            "--save-proof",
            type=Path,
            metavar="FILE",
            help=self._say("write the proof that held to this file", "tulis bukti yang lolos ke berkas ini"),
        )
        self._token(verb)

    def _watch(self) -> None:
        verb = self._verb(
            "watch", self._say("look at a log again and again", "mengamati log terus-menerus"), _WATCH
        )
        self._place(verb, "place", "URL")
        self._memory(verb)
        self._accept(verb)
        often = verb.add_mutually_exclusive_group()
        often.add_argument(
            "--every",
            type=_seconds,
            default=300,
            metavar="SECONDS",
            help=self._say("between two looks (default: 300)", "jeda antara dua pengamatan (bawaan: 300)"),
        )
        often.add_argument(
            "--once",
            action="store_true",
            help=self._say("look once, for cron", "amati sekali saja, untuk cron"),
        )
        verb.add_argument(
            "--stall",
            type=_seconds,
            default=86_400,
            metavar="SECONDS",
            help=self._say(
                "how old a checkpoint may get (default: 86400, a day; choose more than the office's longest rest)",
                "umur terlama checkpoint (bawaan: 86400, sehari; pilih lebih lama daripada libur kantor terpanjang)",
            ),
        )

    def _certificate(self) -> None:
        verb = self._verb(
            "certificate",
            self._say("check an official letter, offline", "memeriksa surat resmi, tanpa jaringan"),
            _CERTIFICATE,
        )
        verb.add_argument("letter", type=Path, metavar="LETTER.pdf")
        verb.add_argument(
            "--ca",
            type=Path,
            metavar="FILE",
            help=self._say(
                "certificate of the authority that certified the office's seal",
                "sertifikat otoritas yang mengesahkan segel kantor",
            ),
        )

    def _promise(self) -> None:
        verb = self._verb(
            "promise",
            self._say(
                "ask the log whether a promise was kept", "menanyakan kepada log apakah janji ditepati"
            ),
            _PROMISE,
        )
        verb.add_argument("file", type=Path, metavar="FILE")
        verb.add_argument(
            "--log",
            metavar="URL|FOLDER|ZIP",
            help=self._say(
                "where the log is, or a copy of its tiles", "tempat log itu berada, atau salinan ubinnya"
            ),
        )
        verb.add_argument(
            "--key",
            metavar="FILE|KEY",
            help=self._say(
                "verifier key of the service that promised, as the maklumat prints it",
                "kunci pemeriksa layanan yang berjanji, seperti tercetak dalam maklumat",
            ),
        )
        verb.add_argument(
            "--save",
            type=Path,
            metavar="FILE",
            help=self._say(
                "write the text that shows a broken promise to this file",
                "tulis teks yang menunjukkan janji yang dilanggar ke berkas ini",
            ),
        )
        self._memory(verb)

    def _place(self, verb: argparse.ArgumentParser, name: str, metavar: str) -> None:
        verb.add_argument(
            name,
            metavar=metavar,
            help=self._say(
                "where the file `checkpoint` of the log is", "tempat berkas `checkpoint` log itu berada"
            ),
        )

    def _token(self, verb: argparse.ArgumentParser) -> None:
        verb.add_argument(
            "--token-file",
            type=Path,
            metavar="FILE",
            help=self._say(
                "bearer token of an auditor, to read the entries", "token auditor, untuk membaca entri"
            ),
        )

    def _accept(self, verb: argparse.ArgumentParser) -> None:
        verb.add_argument(
            "--accept",
            metavar="DIGEST",
            help=self._say(
                "the policy with this digest takes the place of the pinned one",
                "kebijakan dengan digest ini menggantikan yang disematkan",
            ),
        )

    def _memory(self, verb: argparse.ArgumentParser) -> None:
        kept = verb.add_mutually_exclusive_group()
        kept.add_argument(
            "--state",
            type=Path,
            metavar="FILE",
            help=self._say(
                "where it remembers (default: zi-verify/memory.sqlite in the XDG state folder)",
                "berkas ingatannya (bawaan: zi-verify/memory.sqlite dalam folder state XDG)",
            ),
        )
        kept.add_argument(
            "--no-memory",
            action="store_true",
            help=self._say("remember nothing and recall nothing", "tidak mengingat apa pun"),
        )


def _seconds(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value
