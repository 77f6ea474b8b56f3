"""The key that signs the tokens of one service and quarter: published before it signs, and which tokens were spent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Literal, TypeAlias, assert_never

from zi_chassis.domain import Command, DomainError, Event, Parties, refuse_other_roles, services
from zi_integrity.domain.survey_token import spent_digest

BlindScheme: TypeAlias = Literal["RSABSSA-SHA384-PSS-Randomized"]


class SurveyKeyError(DomainError):
    sentence: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.sentence)


class NoSurveyKeyError(SurveyKeyError):
    sentence = "There is no such survey: check the invitation."


class AnotherSurveyKeyError(SurveyKeyError):
    sentence = "Another key was published for this survey, and only that one counts."


class SurveyKeyRetiredError(SurveyKeyError):
    sentence = "This survey is over, so no more answers are taken."


class TokenSpentError(SurveyKeyError):
    sentence = "This invitation was used already, and its answer counts. Each invitation gives one answer."


class PublishSurveyKey(Command):
    service: str
    quarter: str
    scheme: BlindScheme
    modulus: str
    exponent: int
    answer_until: date
    smallest_group: int


class SpendTokens(Command):
    """`tokens` as they are published; the verified signatures are the caller's affair."""

    tokens: tuple[str, ...]


class RetireSurveyKey(Command):
    withheld: int


SurveyKeyCommands = PublishSurveyKey | SpendTokens | RetireSurveyKey
PROGRAM = services("integrity")
PARTIES: Parties = {PublishSurveyKey: PROGRAM, SpendTokens: PROGRAM, RetireSurveyKey: PROGRAM}


class SurveyKeyPublished(Event):
    service: str
    quarter: str
    scheme: BlindScheme
    modulus: str
    exponent: int
    answer_until: date
    smallest_group: int


class SurveyTokensSpent(Event):
    tokens: tuple[str, ...]


class SurveyKeyRetired(Event):
    spent: int
    withheld: int


SurveyKeyEvents = SurveyKeyPublished | SurveyTokensSpent | SurveyKeyRetired


@dataclass(frozen=True)
class SurveyKey:
    published: SurveyKeyPublished | None = None
    spent: frozenset[str] = frozenset()
    spent_at: datetime | None = None
    is_retired: bool = False

    def known(self) -> SurveyKeyPublished:
        """Raises NoSurveyKeyError."""
        if self.published is None:
            raise NoSurveyKeyError
        return self.published


initial = SurveyKey()


def decide(command: SurveyKeyCommands, key: SurveyKey) -> Sequence[SurveyKeyEvents]:
    refuse_other_roles(command, PARTIES)
    match command:
        case PublishSurveyKey():
            return _publish(command, key)
        case SpendTokens():
            key.known()
            return _spend(command, key)
        case RetireSurveyKey():
            key.known()
            if key.is_retired:
                return []
            return [SurveyKeyRetired(by=command.by, spent=len(key.spent), withheld=command.withheld)]
        case _:
            assert_never(command)


def _publish(command: PublishSurveyKey, key: SurveyKey) -> Sequence[SurveyKeyEvents]:
    if key.published is None:
        return [SurveyKeyPublished(**dict(command))]
    if key.published.modulus != command.modulus:
        raise AnotherSurveyKeyError
    return []


def _spend(command: SpendTokens, key: SurveyKey) -> Sequence[SurveyKeyEvents]:
    if key.is_retired:
        raise SurveyKeyRetiredError
    digests = [spent_digest(token) for token in command.tokens]
    if len(set(digests)) != len(digests) or not key.spent.isdisjoint(digests):
        raise TokenSpentError
    return [SurveyTokensSpent(by=command.by, tokens=tuple(sorted(command.tokens)))]


def evolve(key: SurveyKey, event: SurveyKeyEvents) -> SurveyKey:
    match event:
        case SurveyKeyPublished():
            return replace(key, published=event)
        case SurveyTokensSpent():
            digests = {spent_digest(token) for token in event.tokens}
            return replace(key, spent=key.spent | digests, spent_at=event.by.at)
        case SurveyKeyRetired():
            return replace(key, is_retired=True)
        case _:
            assert_never(event)
