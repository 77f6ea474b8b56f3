"""Lines for the person who runs `zona`, in the language that they chose."""

import argparse
from collections.abc import Iterable

from zi_verify.verdict import Sentence


def say(options: argparse.Namespace, en: str, id: str) -> None:
    print_lines([Sentence(en, id).render(options.language)])


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)
