"""Count the places in which an event has to be named: python -m tests.architecture.places_of_an_event [TYPE]

A place is a file; the state of an aggregate and how it evolves are one place, in one file or two. Demanded are the pure modules of the aggregate (definition, decision, state), the privacy border, the contract and the
catalogue of sentences; docs, the verifier's names and tests are generated or follow. Everything else that names an event reacts to it:
a letter, a timer, a read model, a page. Nobody has to add one, so reactions are listed and not counted."""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zi_contracts.data import Data
from zi_contracts.registry import SENDERS

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts" / "zi_contracts"
SENTENCES = CONTRACTS / "event_words.toml"
BORDER = "published.py"
ELSEWHERE = ("services", "letters")
MOST = 7


@dataclass(frozen=True)
class Places:
    type: str
    demanded: tuple[Path, ...]
    reactions: tuple[Path, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.type}: {len(self.demanded)} places demanded, {len(self.reactions)} reactions"]
        lines += [f"  demanded  {path.relative_to(ROOT)}" for path in self.demanded]
        lines += [f"  reaction  {path.relative_to(ROOT)}" for path in self.reactions]
        return "\n".join([*lines, *(f"  missing   {place}" for place in self.missing)])


def places() -> list[Places]:
    """Return those of every published event, the most named first."""
    found = [_places(sender, model) for sender, models in SENDERS.items() for model in models]
    return sorted(found, key=lambda each: len(each.demanded), reverse=True)


def _places(sender: str, model: type[Data]) -> Places:
    service = ROOT / "services" / sender / f"zi_{sender}"
    naming = [path for path in _modules() if model.__name__ in _names(path)]
    of_service = [path for path in naming if path.is_relative_to(service)]
    demanded = [
        path
        for path in of_service
        if (path.name == BORDER or _is_pure(path) or _is_border_of_an_area(path))
        and not (path.name == "state.py" and path.with_name("evolve.py") in of_service)
    ]
    others = {CONTRACTS / each for each in SENDERS if each != sender}
    contract = [
        path
        for path in sorted(CONTRACTS.rglob("*.py"))
        if others.isdisjoint((path.with_suffix(""), path.parent)) and model.__name__ in _names(path)
    ]
    sentences = [SENTENCES] if model.type in _sentences() else []
    return Places(
        model.type,
        (*demanded, *contract, *sentences),
        tuple(path for path in naming if path not in demanded),
        tuple(_missing(model, service, demanded)) if service.exists() else (),
    )


def _missing(model: type[Data], service: Path, demanded: Iterable[Path]) -> Iterator[str]:
    if not any(_defines(path, model.__name__) for path in demanded):
        yield f"define {model.__name__} in a pure module of {service.relative_to(ROOT)}"
    if not any(path.name == BORDER or _discloses(path) for path in demanded):
        yield f"disclose {model.__name__} in {BORDER} of {service.relative_to(ROOT)}"
    if model.type not in _sentences():
        yield f'add [types."{model.type}"] to {SENTENCES.relative_to(ROOT)}'


@cache
def _modules() -> tuple[Path, ...]:
    return tuple(path for top in ELSEWHERE for path in sorted((ROOT / top).rglob("*.py")))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def _names(path: Path) -> frozenset[str]:
    """Return what a module defines or uses; an import alone is no place."""
    nodes = list(ast.walk(_tree(path)))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return frozenset(names | attributes | {node.name for node in nodes if isinstance(node, ast.ClassDef)})


def _defines(path: Path, name: str) -> bool:
    return any(isinstance(node, ast.ClassDef) and node.name == name for node in _tree(path).body)


def _is_border_of_an_area(path: Path) -> bool:
    return path.parent.name == "messaging" and _discloses(path)


def _discloses(path: Path) -> bool:
    """A small aggregate has its side of the border beside it."""
    return any(isinstance(node, ast.FunctionDef) and node.name == "publish" for node in _tree(path).body)


@cache
def _sentences() -> frozenset[str]:
    return frozenset(tomllib.loads(SENTENCES.read_text("utf-8"))["types"])


@cache
def _pure_modules() -> tuple[str, ...]:
    """Return the import rule of the pure modules, as it stands in pyproject.toml."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    [rule] = [each for each in contracts if "are pure" in each["name"]]
    return tuple(rule["source_modules"])


def _is_pure(path: Path) -> bool:
    [package] = [parent for parent in path.parents if parent.parent.parent == ROOT / "services"]
    module = ".".join((package.name, *path.relative_to(package).with_suffix("").parts))
    return any(
        f"{module}.".startswith(f"{rule}.") or ("*" in rule and f".{rule.strip('*.')}." in f"{module}.")
        for rule in _pure_modules()
    )


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for each in places():
        if not wanted or each.type in wanted:
            print(each)
