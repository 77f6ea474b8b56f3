"""Every field that a message may disclose is one that auditors filter by, one that is carried beside entries, or deliberately neither."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from zi_audit.domain.facets import CARRIED, FACETS, LEFT_OUT
from zi_contracts.registry import MODELS

FOUND_BY = {path for facet in FACETS for path in facet.fields}


def paths(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Of every value in it: `standard.id`, and for each of a list `reasons.reason`."""
    for name, field in model.model_fields.items():
        parts = list(models(field.annotation))
        if not parts or plain(field.annotation):
            yield before + name
        for part in parts:
            yield from paths(part, f"{before}{name}.")


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def plain(annotation: Any) -> bool:
    """Tell if the annotation also allows a value that is no model: a text or an id beside one."""
    inner = [each for each in get_args(annotation) if each is not type(None) and each is not ...]
    return any(not list(models(each)) and isinstance(each, type) for each in inner)


DISCLOSED = {path: type_ for type_, model in MODELS.items() for path in paths(model)}


def test_every_disclosed_field_has_its_place_in_the_table_of_facets() -> None:
    """A field that is new in a contract gets a line in services/audit/zi_audit/domain/facets.py: is it asked for, shown, or neither?"""
    placed = FOUND_BY | CARRIED | LEFT_OUT
    assert {path: type_ for path, type_ in DISCLOSED.items() if path not in placed} == {}


def test_no_field_has_two_places() -> None:
    assert not FOUND_BY & CARRIED
    assert not FOUND_BY & LEFT_OUT
    assert not CARRIED & LEFT_OUT


def test_the_table_names_no_field_that_nothing_discloses() -> None:
    known = {*DISCLOSED, *(path.rpartition(".")[0] for path in DISCLOSED)}
    assert (FOUND_BY | CARRIED | LEFT_OUT) - known == set()
