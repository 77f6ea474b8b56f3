"""The office's own lists, each a configuration: what a body may choose from, who works here, and who is appointed for what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from zi_rules.appointed_topic import AppointedTopic, load_appointed_topics
from zi_rules.configuration import Configuration, UnusableConfigurationError
from zi_rules.disclosure import DisclosureRules, load_disclosure_rules
from zi_rules.district import District, load_districts
from zi_rules.emergency import EmergencyRules, load_emergency_rules
from zi_rules.information_refusal import load_information_refusals
from zi_rules.listed import Listed
from zi_rules.people import People, load_people
from zi_rules.referral_body import load_referral_bodies
from zi_rules.topic import load_topics


@dataclass(frozen=True)
class OfficeLists:
    """`codes` are what a body may choose from, by the field that chooses."""

    districts: tuple[District, ...]
    topics: tuple[Listed, ...]
    appointed_topics: tuple[AppointedTopic, ...]
    people: People
    disclosure: DisclosureRules
    emergency: EmergencyRules
    referral_bodies: tuple[Listed, ...]
    information_refusals: tuple[Listed, ...]
    codes: Mapping[str, tuple[str, ...]]
    configurations: tuple[Configuration, ...]


def load_lists(folder: Path) -> OfficeLists:
    districts, topics, appointed = load_districts(folder), load_topics(folder), load_appointed_topics(folder)
    people, disclosure = load_people(folder), load_disclosure_rules(folder)
    emergency, bodies = load_emergency_rules(folder), load_referral_bodies(folder)
    refusals = load_information_refusals(folder)
    chosen: dict[str, Iterable[Listed]] = {
        "district": districts[0].districts,
        "topic": topics[0].topics,
        "appointed_topic": appointed[0].topics,
        "referral_body": bodies[0].bodies,
        "refusal": refusals[0].reasons,
    }
    unknown = people[0].topics_taken - {each.code for each in appointed[0].topics}
    if unknown:
        raise UnusableConfigurationError(
            f"people.toml: appointed_for: {', '.join(sorted(unknown))} is not in appointed_topics.toml"
        )
    return OfficeLists(
        districts[0].districts,
        topics[0].topics,
        appointed[0].topics,
        people[0],
        disclosure[0],
        emergency[0],
        bodies[0].bodies,
        refusals[0].reasons,
        {field: tuple(each.code for each in listed) for field, listed in chosen.items()},
        (
            *(*districts.configurations, *topics.configurations, *appointed.configurations),
            *(
                *people.configurations,
                *disclosure.configurations,
                *emergency.configurations,
                *bodies.configurations,
                *refusals.configurations,
            ),
        ),
    )
