"""The types of problems that programs of others may look for: what was answered once keeps its name, whatever its class is called."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

from zi_chassis.domain_error import DomainError

RECORDED = Path(__file__).with_name("problem_types.txt")
PACKAGES = ("zi_chassis", "zi_intake", "zi_notify", "zi_certificates", "zi_umkm", "zi_integrity", "zi_audit")


def _subclasses(error: type[DomainError]) -> Iterator[type[DomainError]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _kinds() -> set[str]:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    return {error.kind for error in _subclasses(DomainError) if error.__module__.startswith("zi_")}


def test_no_type_of_a_problem_changes_its_name() -> None:
    assert set(RECORDED.read_text().split()) - _kinds() == set()


def test_a_new_type_of_a_problem_is_listed() -> None:
    assert _kinds() - set(RECORDED.read_text().split()) == set()


def test_a_class_may_say_another_type_than_its_name() -> None:
    class BoxOverError(DomainError, kind="over"): ...

    class EmptyBoxError(BoxOverError): ...

    assert (BoxOverError.kind, EmptyBoxError.kind) == ("over", "empty_box")
