"""`eventsourcing` is used by three modules of the chassis, through its public names alone; event_tables.py says what for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import eventsourcing
from eventsourcing.persistence import ConnectionPool

CHASSIS = Path(__file__).parents[2] / "chassis" / "zi_chassis"
LIBRARY = Path(eventsourcing.__path__[0])


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def imports_library(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("eventsourcing")
        for node in ast.walk(tree)
    )


def private_names_of_the_library() -> set[str]:
    names = set[str]()
    for module in ("persistence.py", "sqlite.py", "postgres.py"):
        for node in ast.walk(ast.parse((LIBRARY / module).read_text())):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Attribute(attr=name):
                    names.add(name)
    return {name for name in names if is_private(name)}


def private_names_used(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if is_private(name):
                yield name
            case ast.ImportFrom(module=str(module), names=names) if module.startswith("eventsourcing"):
                yield from (each.name for each in names if is_private(each.name))


def modules() -> dict[str, ast.Module]:
    trees = {path.name: ast.parse(path.read_text()) for path in sorted(CHASSIS.rglob("*.py"))}
    return {name: tree for name, tree in trees.items() if imports_library(tree)}


def test_three_modules_use_the_library() -> None:
    assert set(modules()) == {"database.py", "event_tables.py", "postgres.py"}


def test_no_private_name_of_the_library_is_used() -> None:
    library = private_names_of_the_library()
    assert {"_insert_tracking", "_max_tracking_id", "_lock_table", "_in_use", "_create_connection"} <= library
    used = {name: sorted(library.intersection(private_names_used(tree))) for name, tree in modules().items()}
    assert not any(used.values()), used


def test_the_one_overridden_private_method_is_meant_to_be_overridden() -> None:
    library = private_names_of_the_library()
    overridden = {
        node.name
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in library
    }
    assert overridden == ConnectionPool.__abstractmethods__ == {"_create_connection"}
