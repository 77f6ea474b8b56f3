"""The command `zi-witness`: makes a witness's key, and runs the witness."""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import uvicorn

from zi_witness.error import WitnessError
from zi_witness.folder import held
from zi_witness.key import load_key, make_key
from zi_witness.record import Record
from zi_witness.watched import Watched
from zi_witness.web import Witness

_ABOUT = """\
A witness of transparency logs: it cosigns a log's checkpoint only if the log continues what was cosigned before. Run it for
somebody else's log, on a machine of your own. Keep its data folder, and never restore an older copy of it: a witness that
forgets can be made to contradict itself.
"""
_KEY = """\
Prints the public key (vkey) that others name in their policies. The key itself is made at the first call and never leaves
the data folder.

  zi-witness key --data ./witness --name ombudsman.example/witness
"""
_RUN = """\
Answers POST .../add-checkpoint of the logs whose keys it was told, by --log or in tlog-policy files (only their `log` lines
count). Files are read again when they change. A page at the root shows what it cosigned.

  zi-witness run --data ./witness --port 8500 --policy policy-of-the-office.txt
  zi-witness run --data ./witness --port 8500 --log zona.example/office+2a52108c+AQOhB7/z...
"""
_MAX_CONNECTIONS = 200
_SECONDS_TO_STOP = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (WitnessError, OSError) as error:
        print(f"zi-witness: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="zi-witness", description=_ABOUT, formatter_class=shape)
    commands = parser.add_subparsers(required=True, metavar="key|run")
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
    for command in (key, run):
        command.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of this witness")
    return parser


def _key(options: argparse.Namespace) -> None:
    cosigner = make_key(options.data, options.name) if options.name else load_key(options.data)
    print(cosigner.key.vkey)


def _run(options: argparse.Namespace) -> None:
    logging.basicConfig(format="%(levelname)s %(message)s")
    if not options.log and not options.policy:
        raise WitnessError("Say which logs to witness: --log VKEY or --policy FILE.")
    watched = Watched(options.log, options.policy)
    cosigner = load_key(options.data)
    with held(options.data), closing(Record(options.data, cosigner, lambda: int(time.time()))) as record:
        app = Witness(record, watched, cosigner.verifier).application(options.prefix)
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
