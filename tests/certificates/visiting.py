"""Applicants and officials with browsers in front of the pages of certificates, in process."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.certificates.inside import DEMO_RULES, Inside, opened
from tests.web import browsing

Visiting = browsing.Visiting[Inside]


def visited(folder: Path, rules: Path = DEMO_RULES) -> AbstractAsyncContextManager[Visiting]:
    return browsing.visited(opened(folder, rules=rules), folder)
