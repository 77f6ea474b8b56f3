"""The command line of `zona`, with its help in both languages."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from zi_operations import help_text
from zi_operations.house import SERVICES, WRITER
from zi_operations.outcome import OperationStatus
from zi_verify.verdict import Language, Sentence

LEAVE = 1000  # messages on a stream
OperatorCommand = Callable[[argparse.Namespace], OperationStatus]
_ABOUT = {
    "key": help_text.KEY,
    "backup": help_text.BACKUP,
    "restore": help_text.RESTORE,
    "check": help_text.CHECK,
    "erasures": help_text.ERASURES,
    "drill": help_text.DRILL,
    "upgrade": help_text.UPGRADE,
    "doctor": help_text.DOCTOR,
    "schedule": help_text.SCHEDULE,
    "sender-key": help_text.SENDER_KEY,
    "shorten": help_text.SHORTEN,
}


def parser(commands: Mapping[str, OperatorCommand], language: Language) -> argparse.ArgumentParser:
    """Understand the whole command line; `commands` by name."""
    chosen = _Texts(language)
    shape = argparse.RawDescriptionHelpFormatter
    whole = argparse.ArgumentParser(
        prog="zona", description=chosen.of(help_text.ABOUT), formatter_class=shape
    )
    _language(whole, chosen, is_default=True)
    verbs = whole.add_subparsers(required=True, metavar="|".join(commands))
    made = {}
    for name, command in commands.items():
        text = chosen.of(_ABOUT[name])
        made[name] = verbs.add_parser(name, help=text.split(". ")[0], description=text, formatter_class=shape)
        made[name].set_defaults(run=command)
        _language(made[name], chosen, is_default=False)
    _of_backups(made, chosen)
    _of_restore(made["restore"], chosen)
    _of_checks(made, chosen)
    _of_streams(made["shorten"], chosen)
    return whole


class _Texts:
    def __init__(self, language: Language) -> None:
        self._language = language

    def of(self, sentence: Sentence) -> str:
        return sentence.id if self._language == "id" else sentence.en

    def say(self, en: str, id: str) -> str:
        return self.of(Sentence(en, id))


def _language(verb: argparse.ArgumentParser, chosen: _Texts, *, is_default: bool) -> None:
    verb.add_argument(
        "--language",
        choices=["en", "id"],
        default="en" if is_default else argparse.SUPPRESS,
        help=chosen.say("language of the output (en)", "bahasa keluaran (en)"),
    )


def _of_backups(verbs: Mapping[str, argparse.ArgumentParser], chosen: _Texts) -> None:
    say = chosen.say
    verbs["key"].add_argument(
        "file", type=Path, metavar="FILE", help=say("the half that opens", "bagian yang membuka")
    )
    backup = verbs["backup"]
    backup.add_argument(
        "target",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help=say("folder of the backups (ZI_BACKUPS)", "folder cadangan (ZI_BACKUPS)"),
    )
    backup.add_argument(
        "--to",
        metavar="s3://BUCKET/PREFIX",
        help=say("then copy it to this bucket", "lalu salin ke bucket ini"),
    )
    backup.add_argument(
        "--keep",
        type=_count,
        metavar="N",
        help=say("remove all but the newest N", "hapus semua kecuali N terbaru"),
    )
    backup.add_argument(
        "--dry-run",
        action="store_true",
        help=say("look at everything, write nothing", "lihat semua, tulis tidak ada"),
    )


def _of_restore(restore: argparse.ArgumentParser, chosen: _Texts) -> None:
    say = chosen.say
    restore.add_argument(
        "backup",
        metavar="BACKUP",
        help=say("folder of one backup, or its s3://...", "folder satu cadangan, atau s3://...-nya"),
    )
    restore.add_argument(
        "--key",
        type=Path,
        required=True,
        metavar="FILE",
        help=say("the file of zona key", "berkas dari zona key"),
    )
    restore.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help=say("keys.zona, if it lies elsewhere", "keys.zona, bila di tempat lain"),
    )
    restore.add_argument(
        "--although-older",
        action="store_true",
        help=say(
            "although a newer backup lies beside it", "meskipun ada cadangan yang lebih baru di sebelahnya"
        ),
    )
    restore.add_argument(
        "--dry-run",
        action="store_true",
        help=say("verify the backup, write nothing", "periksa cadangan, tulis tidak ada"),
    )


def _of_checks(verbs: Mapping[str, argparse.ArgumentParser], chosen: _Texts) -> None:
    say = chosen.say
    verbs["sender-key"].add_argument(
        "service", choices=[*SERVICES, WRITER], help=say("whose key it is", "pemilik kunci")
    )
    verbs["upgrade"].add_argument(
        "--backup",
        type=Path,
        metavar="FOLDER",
        help=say(
            "then make a backup there, and note the version", "lalu buat cadangan di sana, dan catat versinya"
        ),
    )
    for name in ("check", "restore", "drill", "upgrade", "doctor"):
        verbs[name].add_argument("--json", action="store_true", help=say("for a program", "untuk program"))
    verbs["drill"].add_argument(
        "--scratch",
        type=Path,
        metavar="FOLDER",
        help=say("where there is room (system's)", "tempat yang cukup (milik sistem)"),
    )
    how = verbs["erasures"].add_mutually_exclusive_group()
    how.add_argument(
        "--log",
        type=Path,
        metavar="FOLDER",
        help=say("a copy of the published log", "salinan log yang terbit"),
    )
    how.add_argument(
        "--nothing-newer",
        metavar="REASON",
        help=say("state that there is no newer copy", "nyatakan bahwa tidak ada salinan yang lebih baru"),
    )


def _of_streams(shorten: argparse.ArgumentParser, chosen: _Texts) -> None:
    say = chosen.say
    shorten.add_argument(
        "--dry-run", action="store_true", help=say("say what would go", "sebut yang akan dihapus")
    )
    shorten.add_argument(
        "--leave",
        type=_count,
        default=LEAVE,
        metavar="N",
        help=say("leave at least N messages (1000)", "sisakan paling sedikit N pesan (1000)"),
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number of at least 1 is expected, and not '{text}'")
    return int(text)
