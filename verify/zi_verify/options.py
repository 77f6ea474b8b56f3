"""The command line of `zi-verify`, with its help in both languages."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from zi_verify import help_text
from zi_verify.day import parse_day
from zi_verify.status import ExitStatus
from zi_verify.verdict import Language, Sentence
from zi_verify.walk import Entries

Command = Callable[[argparse.Namespace], ExitStatus]


def language_of(arguments: Sequence[str]) -> Language:
    """The language that the arguments choose, known before they are parsed, as the help is in it too."""
    parts = [word for argument in arguments for word in argument.split("=", 1)]
    chosen = [after for word, after in pairwise(parts) if word == "--language"]
    return "id" if chosen[-1:] == ["id"] else "en"


def parser(commands: Mapping[str, Command], language: Language) -> argparse.ArgumentParser:
    """Understands the whole command line; `commands` by name: receipt, log, consistency, watch, certificate, promise."""
    return _Options(commands, language).parser


class _Options:
    def __init__(self, commands: Mapping[str, Command], language: Language) -> None:
        self._commands, self._language = commands, language
        self.parser = argparse.ArgumentParser(
            prog="zi-verify",
            description=self._(help_text.ABOUT),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self._common(self.parser, is_default=True)
        self._verbs = self.parser.add_subparsers(required=True, metavar="|".join(commands))
        self._receipt()
        self._log()
        self._consistency()
        self._watch()
        self._certificate()
        self._promise()

    def _(self, sentence: Sentence) -> str:
        return sentence.id if self._language == "id" else sentence.en

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
            help=self._say("language of the sentences (default: en)", "bahasa kalimatnya (bawaan: en)"),
        )

    def _receipt(self) -> None:
        verb = self._verb(
            "receipt",
            self._say("check an evidence zip, offline", "memeriksa zip bukti, tanpa jaringan"),
            help_text.RECEIPT,
        )
        verb.add_argument("evidence", type=Path, metavar="EVIDENCE.zip")
        verb.add_argument(
            "--key",
            metavar="FILE|KEY",
            help=self._say(
                "verifier key of the service that made the zip, as the maklumat prints it",
                "kunci pemeriksa layanan yang membuat zip, seperti tercetak dalam maklumat",
            ),
        )
        self._memory(verb)

    def _log(self) -> None:
        verb = self._verb("log", self._say("replay a whole log", "memutar ulang seluruh log"), help_text.LOG)
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
                "the log that entry 0 quotes; repeat it for the log before that",
                "log yang dikutip entri 0; ulangi untuk log sebelumnya lagi",
            ),
        )
        self._reading(verb)

    def _reading(self, verb: argparse.ArgumentParser) -> None:
        verb.add_argument(
            "--entries",
            type=Entries,
            choices=list(Entries),
            metavar="messages|any|none",
            help=self._say(
                "entries that must be read: messages of a Zona house (default with --token-file), entries of any kind, or none;"
                " without this option, the entries that the log gives out",
                "yang harus dibaca: pesan rumah Zona (bawaan dengan --token-file), entri jenis apa pun, atau tidak ada;"
                " tanpa pilihan ini, apa yang diberikan log",
            ),
        )
        verb.add_argument(
            "--origin",
            metavar="NAME",
            help=self._say(
                "the log's name on its checkpoint, if it differs from its key's name (with --entries any)",
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
            help_text.CONSISTENCY,
        )
        verb.add_argument("old", type=Path, metavar="OLD")
        verb.add_argument("new", type=Path, metavar="NEW")
        by = verb.add_mutually_exclusive_group(required=True)
        by.add_argument(
            "--log",
            metavar="URL|FOLDER|ZIP",
            help=self._say("place of the log's tiles", "tempat ubin log berada"),
        )
        by.add_argument(
            "--proof",
            type=Path,
            metavar="FILE",
            help=self._say("a file with a proof", "bukti yang disimpan"),
        )
        verb.add_argument(
            "--save-proof",
            type=Path,
            metavar="FILE",
            help=self._say("write the verified proof to this file", "tulis bukti yang lolos ke berkas ini"),
        )
        self._token(verb)
        self._memory(verb)

    def _watch(self) -> None:
        verb = self._verb(
            "watch",
            self._say("check a log again and again", "mengamati log terus-menerus"),
            help_text.WATCH,
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
            help=self._say(
                "time between two checks (default: 300)", "jeda antara dua pengamatan (bawaan: 300)"
            ),
        )
        often.add_argument(
            "--once",
            action="store_true",
            help=self._say("check once, for cron", "amati sekali saja, untuk cron"),
        )
        verb.add_argument(
            "--stall",
            type=_seconds,
            default=86_400,
            metavar="SECONDS",
            help=self._say(
                "greatest age of a checkpoint (default: 86400, a day; choose more than the office's longest holiday)",
                "umur terlama checkpoint (bawaan: 86400, sehari; pilih lebih lama daripada libur kantor terpanjang)",
            ),
        )

    def _certificate(self) -> None:
        verb = self._verb(
            "certificate",
            self._say("check an official letter, offline", "memeriksa surat resmi, tanpa jaringan"),
            help_text.CERTIFICATE,
        )
        verb.add_argument("letter", type=Path, metavar="LETTER.pdf")
        self._memory(verb)
        self._authorities(verb)
        verb.add_argument(
            "--at",
            type=parse_day,
            metavar="YYYY-MM-DD",
            help=self._say(
                "the day on which the letter must have been valid; status 9 if it was not, or if nothing proves it for that long",
                "hari ketika surat harus berlaku; status 9 bila tidak, atau bila tidak ada yang membuktikannya selama itu",
            ),
        )

        verb.add_argument(
            "--ledger",
            metavar="URL|FOLDER|ZIP",
            help=self._say(
                "the ledger, to learn if the letter was suspended, revoked or replaced; status 9 if it was",
                "buku besar, untuk mengetahui apakah surat dibekukan, dicabut atau diganti; status 9 bila demikian",
            ),
        )
        self._token(verb)

    def _authorities(self, verb: argparse.ArgumentParser) -> None:
        verb.add_argument(
            "--ca",
            type=Path,
            metavar="FILE",
            help=self._say(
                "certificates of the authorities that certified the office's seal and its timestamps",
                "sertifikat otoritas yang mengesahkan segel kantor dan stempel waktunya",
            ),
        )
        verb.add_argument(
            "--signatories",
            type=Path,
            metavar="FILE",
            help=self._say(
                "certificates of the authorities that certify officials, for the personal signature alone; without it status 5 where there is one",
                "sertifikat otoritas yang mengesahkan pejabat, untuk tanda tangan pribadi saja; tanpa itu status 5 bila ada tanda tangan demikian",
            ),
        )

    def _promise(self) -> None:
        verb = self._verb(
            "promise",
            self._say(
                "check in the log if a promise was kept", "menanyakan kepada log apakah janji ditepati"
            ),
            help_text.PROMISE,
        )
        verb.add_argument("file", type=Path, metavar="FILE")
        verb.add_argument(
            "--log",
            metavar="URL|FOLDER|ZIP",
            help=self._say(
                "place of the log, or of a copy of its tiles", "tempat log itu berada, atau salinan ubinnya"
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
                "write the text that proves a broken promise to this file",
                "tulis teks yang menunjukkan janji yang dilanggar ke berkas ini",
            ),
        )
        self._memory(verb)

    def _place(self, verb: argparse.ArgumentParser, name: str, metavar: str) -> None:
        verb.add_argument(
            name,
            metavar=metavar,
            help=self._say(
                "place of the log's file `checkpoint`", "tempat berkas `checkpoint` log itu berada"
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
                "replace the pinned policy by the one with this digest",
                "kebijakan dengan digest ini menggantikan yang disematkan",
            ),
        )
        verb.add_argument(
            "--max-age",
            type=_age,
            metavar="SECONDS|Nd",
            help=self._say(
                "greatest age of the witnesses' signatures, in seconds, or in days as 7d",
                "umur terlama kata para saksi, dalam detik, atau dalam hari seperti 7d",
            ),
        )

    def _memory(self, verb: argparse.ArgumentParser) -> None:
        group = verb.add_mutually_exclusive_group()
        group.add_argument(
            "--state",
            type=Path,
            metavar="FILE",
            help=self._say(
                "file of its memory (default: zi-verify/memory.sqlite in the XDG state folder)",
                "berkas ingatannya (bawaan: zi-verify/memory.sqlite dalam folder state XDG)",
            ),
        )
        group.add_argument(
            "--no-memory",
            action="store_true",
            help=self._say("use no memory", "tidak mengingat apa pun"),
        )


def _age(text: str) -> int:
    days = text.endswith("d")
    return _seconds(text.removesuffix("d")) * (86_400 if days else 1)


def _seconds(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise argparse.ArgumentTypeError(f"{text}: a whole number from 1 on / bilangan bulat mulai 1")
    return int(text)
