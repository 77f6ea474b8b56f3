"""Every sentence that a package shows to a person has an Indonesian translation with the same {placeholders}."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CHASSIS = ROOT / "chassis" / "zi_chassis"
MARKS = {"_", "msgid", "ngettext"}


def packages() -> list[Path]:
    """The top package of every locale/id.po in the tree."""
    places = [po for po in ROOT.glob("*/**/locale/id.po") if not {".venv", "mutants"} & set(po.parts)]
    found = {top(po.parent.parent) for po in places}
    return sorted(found)


def top(folder: Path) -> Path:
    return top(folder.parent) if (folder.parent / "__init__.py").exists() else folder


def translations(package: Path) -> dict[str, str]:
    translated: dict[str, str] = {}
    for po in (*package.rglob("locale/id.po"), *CHASSIS.rglob("locale/id.po")):
        with po.open("rb") as file:
            messages = [m for m in read_po(file, locale="id") if m.id and m.string and not m.fuzzy]
        translated |= {first(m.id): first(m.string) for m in messages}
    return translated


def first(message: str | list[str] | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def in_templates(package: Path) -> Iterator[tuple[str, str]]:
    for path in package.rglob("templates/**/*.html"):
        with path.open("rb") as file:
            for line, message, _, _ in extract("jinja2.ext:babel_extract", file):
                yield f"{path.name}:{line}", first(message)


def trees(package: Path) -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in package.rglob("*.py")}


def domain_errors(*modules: ast.Module) -> set[str]:
    """Names of classes that come from DomainError, found until no further one appears."""
    classes = [node for tree in modules for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = {"DomainError"}
    while more := {c.name for c in classes if {ast.unparse(b) for b in c.bases} & known} - known:
        known |= more
    return known


def in_code(package: Path) -> Iterator[tuple[str, str]]:
    sources = trees(package)
    errors = domain_errors(*sources.values(), *trees(CHASSIS).values())
    for path, tree in sources.items():
        for node in ast.walk(tree):
            if sentence := marked(node, MARKS | errors):
                yield f"{path.name}:{sentence.lineno}", str(sentence.value)
            if isinstance(node, ast.ClassDef) and node.name in errors:
                yield from of_the_class(path, node)


def of_the_class(path: Path, error: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The sentence that a DomainError keeps as `sentence`, or gives to its own `super().__init__`."""
    for node in ast.walk(error):
        template = (
            node.value
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "sentence"
            else None
        )
        sentence = template if isinstance(template, ast.Constant) else marked(node, {"__init__"})
        if sentence is not None and sentence.value:
            yield f"{path.name}:{sentence.lineno}", str(sentence.value)


def marked(node: ast.AST, marks: set[str]) -> ast.Constant | None:
    """The sentence of `mark("sentence", ...)`."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] not in marks:
        return None
    sentence = node.args[0] if node.args else None
    return sentence if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str) else None


def test_there_are_packages_to_look_at() -> None:
    assert "zi_chassis" in {package.name for package in packages()}


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.name)
def test_every_sentence_of_a_package_is_translated(package: Path) -> None:
    translated = translations(package)
    sentences = [*in_templates(package), *in_code(package)]
    assert sentences
    assert [(where, sentence) for where, sentence in sentences if sentence not in translated] == []


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.name)
def test_translations_fill_in_the_same_values(package: Path) -> None:
    names = re.compile(r"\{(\w+)\}")
    odd = [e for e, i in translations(package).items() if set(names.findall(i)) - set(names.findall(e))]
    assert odd == []


def test_indonesian_has_no_plural() -> None:
    """The catalogue looks a sentence with a number up under its singular."""
    assert not [
        po
        for po in ROOT.glob("*/**/locale/id.po")
        if ".venv" not in po.parts and "msgid_plural" in po.read_text()
    ]
