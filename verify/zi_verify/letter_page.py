"""Makes a letter's page again, in a child process: a template is a program, and content that it shows is a stranger's."""

import json
from base64 import b64encode
from collections.abc import Mapping
from importlib.util import find_spec
from tempfile import TemporaryDirectory

from zi_sandbox.limits import Limits
from zi_sandbox.parent import ChildError, UnconfinedError, run
from zi_tlog.letter import TEMPLATE
from zi_verify.error import VerifyError
from zi_verify.status import ExitStatus

if find_spec("typst") is None:
    raise ModuleNotFoundError("Letters need typst.", name="typst")

CHILD = ("-m", "zi_verify.page_child")
LIMITS = Limits(memory=1_500_000_000, cpu=30, wall=60, answer=64 * 1024 * 1024)


class PageError(Exception):
    """The files make no page; the text is the typesetter's."""


class PageNotMadeError(VerifyError):
    """The page was not made, so it could not be compared."""

    status = ExitStatus.NOT_READ


def make_page(files: Mapping[str, bytes], *, must_confine: bool) -> bytes:
    """The PDF that these files make. Raises PageError, and PageNotMadeError where it takes too much or can't be confined and must be."""
    sources = {**files, "main": files[TEMPLATE]}
    with TemporaryDirectory() as nothing:
        job = {
            "nothing": nothing,
            "files": {name: b64encode(data).decode() for name, data in sources.items()},
        }
        try:
            answer = run(CHILD, json.dumps(job).encode(), LIMITS, must_confine=must_confine)
        except ChildError as error:
            raise PageNotMadeError(
                "The page took more time or memory than a letter's does, so it was not compared.",
                "Halaman memerlukan lebih banyak waktu atau memori daripada sebuah surat, jadi tidak dibandingkan.",
            ) from error
        except UnconfinedError as error:
            raise PageNotMadeError(
                "The office's own template is run only where the system can confine it (Linux with seccomp), so the page was not compared.",
                "Templat kantor hanya dijalankan bila sistem dapat mengurungnya (Linux dengan seccomp), jadi halamannya tidak dibandingkan.",
            ) from error
    if answer[:1] != b"+":
        raise PageError(answer[1:].decode("utf-8", "replace"))
    return answer[1:]
