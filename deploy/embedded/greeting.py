"""The text on the terminal once all is ready: the addresses, and the people who can sign in."""

import json
from pathlib import Path

from deploy.demo.identity import PEOPLE
from deploy.embedded import witness

from zi_chassis.settings import Settings

PLACES = (
    ("file or track a complaint", "/"),
    ("mentoring of businesses", "/umkm/"),
    ("import and export letters", "/certificates/"),
    ("the integrity zone", "/integrity/"),
    ("officers' desk", "/desk/"),
    ("the ledger", "/audit/"),
    ("the witness", "/witness/"),
    ("interface for programs", "/intake/api/docs"),
    ("the same for mentoring", "/umkm/api/docs"),
    ("the same for letters", "/certificates/api/docs"),
    ("the same for the zone", "/integrity/api/docs"),
)

_NOT_WATCHED = "  The witness does not watch the log, which lies in a bucket: save /audit/api/witness-policy into its folder logs."


def greeting(settings: Settings, *, identity: bool, mailbox: bool) -> str:
    places = [*PLACES, *([("mail of the demo", "/notify/mailbox")] if mailbox else [])]
    lines = ["", "Zona is ready.", ""]
    lines += [f"  {what:<28}{settings.public_url}{path}" for what, path in places]
    lines += [
        "",
        *(_people() if identity else []),
        *([] if witness.reads_the_log(settings) else [_NOT_WATCHED]),
        "  The witness proves nothing while it stands in the same house: docs/witness.md says how another office becomes one.",
        f"  Data and logs are in {settings.data}. Ctrl-C stops everything.",
    ]
    return "\n".join([*lines, ""])


def not_ready(settings: Settings, waiting: dict[str, str]) -> str:
    logs = settings.data / "logs"
    lines = [f"  {name}: {why} (see {logs / name}.log)" for name, why in waiting.items()]
    return "\n".join(["Still waiting for", *lines])


def _people() -> list[str]:
    people = json.loads(Path(PEOPLE).read_text())
    lines = [f"    {person['sub']:<14}{person['name']} ({', '.join(person['roles'])})" for person in people]
    return ["  Demo people; sign in by choosing the first word, there are no passwords:", *lines, ""]
