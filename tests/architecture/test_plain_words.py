"""Names, docstrings and sizes that a reader can search for and scan: no banned name is bound, no class name means two things."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("contracts/zi_contracts", "rules/zi_rules", "sandbox/zi_sandbox", "tlog/zi_tlog", "verify/zi_verify"),
    *("witness/zi_witness", "chassis/zi_chassis", "letters/zi_letters", "services/intake/zi_intake"),
    *("services/notify/zi_notify", "services/certificates/zi_certificates", "services/umkm/zi_umkm"),
    *("services/integrity/zi_integrity", "services/audit/zi_audit", "operations/zi_operations"),
)
PROGRAMS = ("deploy", "bench", "docs")
TESTS = "tests"
# Participles and pronouns that say nothing of the thing they stand for.
BANNED = frozenset(
    "one said asked told shown heard kept own seen given held looked spoken".split()  # noqa: SIM905
)
PRONOUNS = frozenset(
    {"mine", "ours", "theirs", "those", "thing"}
)  # in what is shipped; tests may have two sides
OPENINGS = ("What", "Who", "How", "Whether", "Where", "When", "Which", "Whose")
LINES_OF_A_FUNCTION, LINES_OF_A_FILE = 40, 400
# Names that are on the wire or in a store, and stay: fields of JSON and of events, and the class of a stored event.
WIRE: dict[str, frozenset[str]] = {
    "chassis/zi_chassis/web/lanes.py": frozenset({"heard"}),
    "contracts/zi_contracts/audit.py": frozenset({"Looked"}),
    "contracts/zi_contracts/certificates.py": frozenset({"seen"}),
    "rules/zi_rules/mentoring/assessment.py": frozenset({"said"}),
    "services/audit/zi_audit/domain/access.py": frozenset({"Looked"}),
    "services/audit/zi_audit/files/status.py": frozenset({"heard"}),
    "services/audit/zi_audit/web/continuations.py": frozenset({"seen"}),
    "services/certificates/zi_certificates/domain/account.py": frozenset({"seen"}),
    "services/certificates/zi_certificates/domain/application/events.py": frozenset({"seen"}),
    "services/certificates/zi_certificates/domain/application/past_decisions.py": frozenset({"seen"}),
    "services/certificates/zi_certificates/domain/impartiality.py": frozenset({"seen"}),
    "services/certificates/zi_certificates/web/answers.py": frozenset({"asked"}),
    "services/certificates/zi_certificates/web/api/verify.py": frozenset({"shown"}),
    "services/intake/zi_intake/web/answers.py": frozenset({"words"}),
    "services/umkm/zi_umkm/domain/visit.py": frozenset({"said"}),
    "services/umkm/zi_umkm/use_cases/sync.py": frozenset({"own"}),
    "services/umkm/zi_umkm/web/answers.py": frozenset({"own"}),
    "services/umkm/zi_umkm/web/board_answers.py": frozenset({"held", "own"}),
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


FILES = files(*PACKAGES, *PROGRAMS)
FILES_WITH_NAMES = [*FILES, *files(TESTS)]


def bindings(module: ast.Module) -> Iterator[str]:
    """Every name that the module gives to something, however deep."""
    for node in ast.walk(module):
        match node:
            case (
                ast.Name(id=name, ctx=ast.Store())
                | ast.arg(arg=name)
                | ast.Attribute(attr=name, ctx=ast.Store())
            ):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(asname=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name
            case _:
                pass


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_name_is_one_that_nobody_searches_for() -> None:
    banned = {
        f"{place(path)}: {name}"
        for path in FILES_WITH_NAMES
        for name in {path.stem, path.parent.name, *bindings(tree(path))}
        if name.lower().strip("_") in BANNED and name not in WIRE.get(place(path), frozenset())
    }
    assert not banned


def test_no_name_of_the_code_is_a_pronoun() -> None:
    banned = {
        f"{place(path)}: {name}"
        for path in FILES
        for name in bindings(tree(path))
        if name.lower().strip("_") in PRONOUNS
    }
    assert not banned


def test_every_package_and_every_other_folder_with_code_is_read() -> None:
    packages = {
        place(path.parent)
        for way in ("*/zi_*", "services/*/zi_*")
        for path in ROOT.glob(f"{way}/__init__.py")
    }
    assert packages == set(PACKAGES)
    assert [folder for folder in (*PACKAGES, *PROGRAMS, TESTS) if not files(folder)] == []
    assert Path(__file__) in FILES_WITH_NAMES


def test_every_name_that_is_kept_for_the_wire_is_still_there() -> None:
    gone = {
        f"{path}: {name}" for path, names in WIRE.items() for name in names - set(bindings(tree(ROOT / path)))
    }
    assert not gone


def test_no_docstring_begins_with_a_question() -> None:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    questions = [
        f"{place(path)}:{getattr(node, 'lineno', 1)} {text[:60]}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, kinds)
        and (text := ast.get_docstring(node) or "")
        and text.split(maxsplit=1)[0].strip(",:;") in OPENINGS
    ]
    assert not questions


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{place(path)}:{function.lineno} {function.name}"
        for path in FILES
        for function in functions(tree(path))
        if (function.end_lineno or 0) - function.lineno + 1 > LINES_OF_A_FUNCTION
    ]
    assert not long


def test_no_file_of_a_service_is_longer_than_ten_screens() -> None:
    long = [place(path) for path in files("services") if path.read_text().count("\n") > LINES_OF_A_FILE]
    assert not long


def test_a_public_class_name_stands_for_one_thing() -> None:
    """A stored event and the message that it becomes share their name: they are the same event."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in files(*PACKAGES):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(place(path))
    double = {
        name: paths for name, paths in places.items() if len(paths) > 1 and not _event_and_message(paths)
    }
    assert not double


def _event_and_message(paths: list[str]) -> bool:
    """Return whether each place is a contract, or lies in the one service or package whose contract another place is."""
    contracts = [
        Path(path).with_suffix("").parts[2] for path in paths if path.startswith("contracts/zi_contracts/")
    ]
    others = [Path(path).parts[1] for path in paths if not path.startswith("contracts/")]
    return sorted(contracts) == sorted(others) or (len(contracts) == 1 and others == ["zi_chassis"])


@pytest.mark.parametrize(
    "source",
    [
        "one = 1",
        "x.seen = 1",
        "(given := 1)",
        "def f(told): ...",
        "def _kept(): ...",
        "class Asked: ...",
        "lambda held: 1",
        "[1 for own in x]",
        "for shown in x: ...",
        "with x as heard: ...",
        "import x as said",
        "try: ...\nexcept E as told: ...",
        "match x:\n    case [one, *looked]: ...",
        "match x:\n    case {'a': 1, **spoken}: ...",
    ],
)
def test_a_banned_name_is_found_however_it_is_bound(source: str) -> None:
    assert {name.lower().strip("_") for name in bindings(ast.parse(source))} & BANNED
