"""The command `zi-witness`: makes a witness's key, runs the witness, and brings it back after a restore or a wrong clock."""

import argparse
import logging
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from zi_witness.error import OperatorError
from zi_witness.folder import locked
from zi_witness.key import load_key, make_key
from zi_witness.page import instant
from zi_witness.record import WitnessRecord
from zi_witness.watched import Watched
from zi_witness.web import WitnessSite

_ABOUT = """\
A witness of transparency logs: it cosigns a log's checkpoint only if the log continues what was cosigned before. Run it for
somebody else's log, on a machine of your own. A witness that forgets can be made to contradict itself: what it signed last is
also kept in a file apart from its data folder (by default beside it, DIR.last-signed), which must not be in the same backup.
"""
_KEY = """\
Prints the public key (vkey) that others name in their policies. The key itself is made at the first call and never leaves
the data folder.

  zi-witness key --data ./witness --name ombudsman.example/witness
"""
_RUN = """\
Answers POST .../add-checkpoint of the logs whose keys are configured by --log or in tlog-policy files (only their `log` lines
count). Files are read again when they change. The page at / shows what it cosigned.

  zi-witness run --data ./witness --port 8500 --policy policy-of-the-office.txt
  zi-witness run --data ./witness --port 8500 --log zona.example/office+2a52108c+AQOhB7/z...
"""
_RESUME = """\
For a witness whose data folder was restored from a backup, or whose file apart is gone. It cosigns nothing until it knows again what it
signed last. That is in the file apart. If the file is gone, give the newest checkpoint that this witness cosigned of every log: from
/audit/log/cosigned or /audit/log/checkpoint of the office, or from others who have kept it. Ask more than one of them: a log that hides
the newest one can make this witness contradict itself. Only checkpoints with this witness's own signature are accepted.

  zi-witness resume --data ./witness
  zi-witness resume --data ./witness --checkpoint from-the-log --checkpoint from-a-newsroom
"""
_CLEAR = """\
For a witness whose clock was ahead. Its next cosignatures would carry that time too, and nobody counts a cosignature from the future.
Set the clock right, stop the witness, and run this. Each time that is set aside is printed, recorded, and shown on the witness's page.

  zi-witness clear-clock --data ./witness
"""
_MAX_CONNECTIONS = 200
_SECONDS_TO_STOP = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OperatorError, OSError) as error:
        print(f"zi-witness: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="zi-witness", description=_ABOUT, formatter_class=shape)
    commands = parser.add_subparsers(required=True, metavar="key|run|resume|clear-clock")
    key = commands.add_parser("key", help="print the public key", description=_KEY, formatter_class=shape)
    key.add_argument("--name", help="of a new key: a domain of yours and a path; it can't be changed later")
    key.set_defaults(run=_key)
    run = commands.add_parser("run", help="witness logs", description=_RUN, formatter_class=shape)
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    run.add_argument("--port", type=int, required=True)
    run.add_argument("--prefix", default="", metavar="/PATH", help="of every address, behind a gateway")
    run.add_argument("--log", action="append", default=[], metavar="VKEY", help="key of a log to witness")
    run.add_argument(
        "--policy",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="tlog-policy with logs to witness, or a folder of such files",
    )
    run.set_defaults(run=_run)
    resume = commands.add_parser(
        "resume", help="cosign again after a restore", description=_RESUME, formatter_class=shape
    )
    resume.add_argument("--checkpoint", action="append", default=[], type=Path, metavar="FILE")
    resume.set_defaults(run=_resume)
    clear = commands.add_parser(
        "clear-clock", help="after the clock was ahead", description=_CLEAR, formatter_class=shape
    )
    clear.set_defaults(run=_clear_clock)
    for command in (key, run, resume, clear):
        command.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of this witness")
        command.add_argument(
            "--last-signed",
            type=Path,
            metavar="FILE",
            help="the file apart; best on another disk (default: DIR.last-signed)",
        )
    return parser


def _key(options: argparse.Namespace) -> None:
    data, apart = options.data, options.last_signed
    cosigner = make_key(data, options.name, apart) if options.name else load_key(data)
    print(cosigner.key.vkey)


@contextmanager
def _record(options: argparse.Namespace) -> Iterator[WitnessRecord]:
    """The record of a witness that no other process works on."""
    cosigner = load_key(options.data)
    with (
        locked(options.data),
        closing(
            WitnessRecord(options.data, cosigner, lambda: int(time.time()), options.last_signed)
        ) as record,
    ):
        yield record


def _resume(options: argparse.Namespace) -> None:
    checkpoints = [path.read_bytes() for path in options.checkpoint]
    with _record(options) as record:
        for cosigned in record.resume(checkpoints):
            print(f"{cosigned.origin}: last cosigned {cosigned.size} entries at {instant(cosigned.time)}")
    print("This witness cosigns again when it is started.")


def _clear_clock(options: argparse.Namespace) -> None:
    with _record(options) as record:
        cleared = record.clear_clock()
    for entry in cleared:
        print(
            f"{entry.origin}: the cosignature of {entry.size} entries is dated {instant(entry.time)}; by this clock it is"
            f" {instant(entry.at)}. The next one carries the time of this clock. Tell those who rely on this witness."
        )
    if not cleared:
        print("No cosignature is ahead of this clock; nothing was changed.")


def _run(options: argparse.Namespace) -> None:
    logging.basicConfig(format="%(levelname)s %(message)s")
    if not options.log and not options.policy:
        raise OperatorError("Name the logs to witness: --log VKEY or --policy FILE.")
    watched = Watched(options.log, options.policy)
    with _record(options) as record:
        if record.doubt is not None:
            logging.critical(record.doubt)
        app = WitnessSite(record, watched, load_key(options.data).verifier).application(options.prefix)
        uvicorn.run(
            app,
            host=options.host,
            port=options.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_graceful_shutdown=_SECONDS_TO_STOP,
        )


if __name__ == "__main__":
    sys.exit(main())
