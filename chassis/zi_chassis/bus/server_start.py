"""nats-server's start script: gives each stream that an earlier version kept in the one global account to its sender's account.

A stream is one folder, and giving it away is one rename while no server runs, so its sequence numbers and durable positions stay
as they are and a kill at any step leaves each stream in exactly one place. `--dry-run` only prints what would be moved.
"""

import shlex
from pathlib import Path

from zi_chassis.bus.topology import Topology, account_of, stream_of

_SCRIPT = """\
#!/bin/sh
# Written by `python -m zi_chassis.provision keys`; changes made here are lost.
# Usage: start.sh [--dry-run] [NATS-SERVER]
set -eu
dry_run=
if [ "${{1:-}}" = --dry-run ]; then dry_run=yes; shift; fi
root={root}

give() {{
  old=$root/'$G'/streams/$2
  new=$root/$1/streams/$2
  [ -d "$old" ] || return 0
  if [ -e "$new" ]; then
    echo "$2 is in the global account and in the account $1. Nothing was moved. Find out which one is right." >&2
    exit 1
  fi
  echo "stream $2 goes to the account $1"
  [ -z "$dry_run" ] || return 0
  mkdir -p "$root/$1/streams"
  mv "$old" "$new"
  sync
}}

{gives}
[ -z "$dry_run" ] || exit 0
exec "${{1:-nats-server}}" -c {config}
"""


def render_start(topology: Topology, store: Path, config: Path) -> str:
    """Return the script (POSIX sh) for a server that keeps its streams under `store` (absolute)."""
    gives = "\n".join(f"give {account_of(sender)} {stream_of(sender)}" for sender in topology.senders)
    root, file = shlex.quote(str(store / "jetstream")), shlex.quote(str(config))
    return _SCRIPT.format(root=root, gives=gives, config=file)
