"""Asks every program whether it is ready, past any proxy that the machine may have set."""

import json
import urllib.error
import urllib.request

from deploy.embedded.programs import Program

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def reason(program: Program) -> str | None:
    """Why the program is not ready, in its own words where it has some; None when it is."""
    try:
        with _direct.open(program.ready, timeout=5):
            return None
    except urllib.error.HTTPError as error:
        return _own_words(error)
    except OSError:
        return "no answer yet"


def waiting(programs: list[Program]) -> dict[str, str]:
    """Those that are not ready yet, and why."""
    answers = {program.name: reason(program) for program in programs if program.ready}
    return {name: why for name, why in answers.items() if why is not None}


def _own_words(error: urllib.error.HTTPError) -> str:
    """The reasons of the failing checks of /<service>/ready."""
    try:
        checks = json.loads(error.read())["checks"]
        return "; ".join(check["reason"] for check in checks.values() if check["reason"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return f"answers {error.code}"
