"""The lines that every command ends with: what was found, what is missing, the exit status and, last, the verdict."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress

from zi_verify.error import VerifyError
from zi_verify.status import ExitStatus, Shortfall, severest
from zi_verify.verdict import CheckFinding, Failed, Language, Sentence, Verdict, headline

_MOST_FINDINGS = 50


def print_lines(lines: Iterable[str]) -> None:
    """Print each line at once, with a question mark for what the terminal can't show. Raises VerifyError if they can't be written."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for line in lines:
        try:
            print(line.encode(encoding, "replace").decode(encoding), flush=True)
        except OSError as error:
            _forget_what_waits()
            raise VerifyError(
                f"What was found can't be written: {error.strerror}.",
                f"Hasilnya tidak dapat ditulis: {error.strerror}.",
            ) from error


def _forget_what_waits() -> None:
    """Python would try to write it once more at its end, and end with a status of its own (120)."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def conclude(
    lines: Iterable[str], verdict: Verdict, shortfalls: Iterable[Shortfall], language: Language
) -> ExitStatus:
    """Print the whole result and return the exit status that follows from it."""
    print_lines(lines)
    print_lines(finding_lines(verdict, language))
    print_lines(shortfall.why.render(language) for shortfall in shortfalls)
    failed = [ExitStatus.FAIL] if isinstance(verdict, Failed) else []
    return conclude_with(
        severest([*failed, *(shortfall.status for shortfall in shortfalls)]), verdict, language
    )


def conclude_with(status: ExitStatus, verdict: Verdict, language: Language) -> ExitStatus:
    """Print the exit status, where the verdict does not say it already, and the verdict."""
    if status not in (ExitStatus.FAIL, ExitStatus.PASSED):
        print_lines([_exit_line(status).render(language)])
    print_lines([headline(verdict, language)])
    return status


def finding_lines(verdict: Verdict, language: Language) -> Iterator[str]:
    """The failed checks, one a line; of very many the first ones and a count."""
    findings: tuple[CheckFinding, ...] = verdict.findings if isinstance(verdict, Failed) else ()
    yield from (f"! {finding.render(language)}" for finding in findings[:_MOST_FINDINGS])
    if len(findings) > _MOST_FINDINGS:
        more = len(findings) - _MOST_FINDINGS
        yield {"en": f"! and {more} more", "id": f"! dan {more} lagi"}[language]


def _exit_line(status: ExitStatus) -> Sentence:
    return Sentence(
        f"exit status {status.code}: {status.word.en}", f"status keluar {status.code}: {status.word.id}"
    )
