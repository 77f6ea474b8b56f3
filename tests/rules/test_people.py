"""The officials of an office: lines, second persons and appointments; what nothing says makes nobody independent."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from zi_rules.configuration import UnusableConfigurationError
from zi_rules.people import People, load_people

OFFICE = """version = 2
outside = ["agency"]
official = [
  { account = "head", roles = ["head"], superior = "agency" },
  { account = "budi", roles = ["officer", "supervisor"], superior = "head", appointed_for = ["conduct"] },
  { account = "citra", roles = ["officer", "supervisor"], superior = "head" },
  { account = "ani", roles = ["officer"], superior = "budi" },
  { account = "lost", roles = ["supervisor"] },
  { account = "below", roles = ["officer"], superior = "lost" },
]
"""


@pytest.fixture
def people(tmp_path: Path) -> People:
    (tmp_path / "people.toml").write_text(OFFICE)
    return load_people(tmp_path)[0]


@pytest.mark.parametrize(
    ("first", "second", "independent"),
    [
        ("ani", "citra", True),
        ("citra", "ani", True),
        ("budi", "citra", True),
        ("ani", "ani", False),
        ("ani", "budi", False),  # the superior
        ("budi", "ani", False),  # and the other way about
        ("ani", "head", False),  # far above
        ("ani", "lost", False),  # nothing says whom that one answers to
        ("ani", "below", False),  # nor whom their superior answers to
        ("ani", "stranger", False),
        ("stranger", "citra", False),
    ],
)
def test_independence_is_stated_or_there_is_none(
    people: People, first: str, second: str, independent: bool
) -> None:
    assert people.are_independent(first, second) is independent


def test_second_persons_have_the_role_and_another_line(people: People) -> None:
    assert people.independent_of("ani", "supervisor") == {"citra"}
    assert people.independent_of("budi", "supervisor") == {"citra"}
    assert people.independent_of("ani", "supervisor", among=("budi",)) == frozenset()
    assert people.independent_of("stranger", "supervisor") == frozenset()


def test_who_is_appointed(people: People) -> None:
    assert people.appointed_for("conduct") == {"budi"}
    assert people.topics_of("budi") == people.topics_taken == {"conduct"}
    assert people.topics_of("citra") == people.topics_of("stranger") == frozenset()


def test_an_office_that_names_nobody_has_nobody_independent(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text("version = 1\n")
    nobody = load_people(tmp_path)[0]
    assert nobody.independent_of("ani", "supervisor") == nobody.appointed_for("conduct") == frozenset()


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            'superior = "budi"',
            'superior = "budi2"',
            "budi2, the superior of ani, is neither listed nor outside",
        ),
        ('superior = "agency"', 'superior = "ani"', "head is their own superior"),
        ('"budi", roles = ["officer", "supervisor"]', '"budi", roles = ["auditor"]', "no role at the desk"),
        ('account = "citra"', 'account = "ani"', "occur only once"),
        ('account = "citra"', 'account = "Citra Contoh"', "account"),
    ],
)
def test_what_leads_nowhere_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    (tmp_path / "people.toml").write_text(OFFICE.replace(before, after))
    with pytest.raises(UnusableConfigurationError, match=message):
        load_people(tmp_path)


def test_the_demos_people_are_of_known_lines() -> None:
    demo = load_people()[0]
    assert all(
        demo.are_independent("auditor", each.account) for each in demo.officials if each.account != "auditor"
    )


SYSTEMS = """version = 2
[[official]]
account = "ani"
roles = ["officer"]
[[system]]
code = "calls"
name = { id = "Panggilan", en = "Calls" }
account = "calls-client"
keeper = "ani"
entries_a_day = 5
until = 2026-12-31
"""


def test_a_system_enters_under_its_account_until_the_end_of_its_last_day() -> None:
    office = People.model_validate(tomllib.loads(SYSTEMS))
    system = office.system_of("calls-client", date(2026, 12, 31))
    assert system is not None
    assert (system.code, system.keeper) == ("calls", "ani")
    assert (office.keeper_of(system.account), office.keeper_of("ani"), office.keeper_of(None)) == (
        "ani",
        None,
        None,
    )
    assert office.system_of("calls-client", date(2027, 1, 1)) is None
    assert office.system_of("ani", date(2026, 1, 1)) is None
    assert (office.system_named("calls"), office.system_named(None)) == (system, None)


def test_a_keeper_leaves_somebody_to_work_on_what_came_in_by_it() -> None:
    alone = SYSTEMS.replace('roles = ["officer"]', 'roles = ["officer"]\nappointed_for = ["conduct"]')
    with pytest.raises(
        ValidationError, match="ani keeps the key of calls and is alone appointed for conduct"
    ):
        People.model_validate(tomllib.loads(alone))
    colleague = '[[official]]\naccount = "budi"\nroles = ["officer"]\nappointed_for = ["conduct"]\n'
    assert People.model_validate(tomllib.loads(alone + colleague)).appointed_for("conduct") == {"ani", "budi"}


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('keeper = "ani"', 'keeper = "budi"', "budi, the keeper of calls, is no official of this list"),
        ('account = "calls-client"', 'account = "ani"', "occur only once"),
        ("entries_a_day = 5", "entries_a_day = 0", "entries_a_day"),
        ("until = 2026-12-31\n", "", "until"),
        ('account = "calls-client"', 'account = "Pusat Panggilan"', "account"),
        ('code = "calls"', 'code = "Calls!"', "code"),
    ],
)
def test_a_system_is_no_official_and_has_a_keeper_and_an_end(before: str, after: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        People.model_validate(tomllib.loads(SYSTEMS.replace(before, after)))
