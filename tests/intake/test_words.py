"""Every sentence that intake can say exists in Indonesian."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

from zi_intake.read.labels import period
from zi_rules.period import CalendarDays, CalendarHours, Period, WorkingDays, WorkingHours

PACKAGE = Path(str(files("zi_intake")))
NO_TEXTS = ("citizen", "office", "done", "plain", "late")  # senders, and colours
LABELLED = ("read/labels.py",)


def translated(package: str) -> Iterator[Message]:
    with (files(package) / "locale" / "id.po").open("rb") as file:
        yield from (message for message in read_po(file, locale="id") if message.id and message.string)


def said_by_templates() -> Iterator[str]:
    for template in (PACKAGE / "templates").glob("*.html"):
        text = template.read_text("utf-8")
        yield from re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', text)
        yield from re.findall(r"\b_\('((?:[^'\\]|\\.)*)'", text)
        yield from re.findall(r'ngettext\("([^"]*)"', text)


def said_by_code() -> Iterator[str]:
    for module in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sentence(node.value):
                yield node.value


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and text[:1].isupper() and " " in text and "\n" not in text


def said_by_labels() -> Iterator[str]:
    for module in LABELLED:
        for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8"))):
            values = node.values if isinstance(node, ast.Dict) else ()
            texts = (each for value in values for each in ast.walk(value))
            yield from (each.value for each in texts if _is_label(each))  # type: ignore[attr-defined]


def _is_label(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in NO_TEXTS


DOCSTRINGS = {
    ast.get_docstring(node)
    for module in PACKAGE.glob("*.py")
    for node in ast.walk(ast.parse(module.read_text("utf-8")))
    if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
}
UNITS: list[Period] = [WorkingDays(1), WorkingHours(1), CalendarDays(1), CalendarHours(1)]
PERIODS = {period(unit)[0] for unit in UNITS}
SENTENCES = sorted({*PERIODS, *said_by_templates(), *said_by_code(), *said_by_labels()} - DOCSTRINGS)


KNOWN = {
    message.id: message.string
    for package in ("zi_chassis.web", "zi_intake")
    for message in translated(package)
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_is_said_in_indonesian_with_the_same_places(sentence: str) -> None:
    assert sentence in KNOWN
    assert set(re.findall(r"{\w+}", KNOWN[sentence])) == set(re.findall(r"{\w+}", sentence))
