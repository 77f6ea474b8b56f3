"""An adversary who has every file of the integrity zone, all its keys and a copy of the pool before each round, and guesses the case of
each answer. What it knows it reads from the files, as anybody would who took the disk."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from tests.integrity.survey_house import SurveyHouse, filled, ticket_of
from tests.integrity.survey_steps import SKM

from zi_integrity.domain.survey_token import SurveyToken
from zi_integrity.use_cases.answer_pool import NONCE, PURPOSE, AnswerPool, PooledAnswer

SERVICES = ("complaint", "complaint", "complaint", "consultation", "consultation")
MINUTE = 1 / 60


class LeakingPool(AnswerPool):
    """The pool with a fault on purpose: it keeps the order in which the answers came."""

    def _arranged(self, answers: dict[str, PooledAnswer]) -> dict[str, PooledAnswer]:
        return answers


def leak(house: SurveyHouse) -> None:
    """Take the sorting and the shuffling out of the running office."""
    office = house.office
    pool = LeakingPool(office.answer_pool._path, office.settings.secret("survey-pool"))
    office.answer_pool = office.survey_rounds._pool = office.answering._pool = pool
    office.survey_rounds._shuffle = lambda forms: None


@dataclass
class History:
    """`truth`: the case of each answer, by its values, which are different for each; the adversary never sees it."""

    truth: dict[tuple[int, ...], str] = field(default_factory=dict)
    pools: list[list[tuple[str, tuple[int, ...]]]] = field(default_factory=list)


async def live(house: SurveyHouse, cases: int, chance: Random) -> History:
    """Cases end at office hours; most citizens take the invitation within days of the mail, and answer minutes or hours later."""
    history = History()
    rows = list(product(range(1, SKM.scale + 1), repeat=len(SKM.codes)))
    values = iter(chance.sample(rows, cases))
    plans: list[tuple[float, str, SurveyToken | None]] = []
    waiting = [(f"case-{number:04}", chance.choice(SERVICES)) for number in range(cases)]
    invited: set[str] = set()
    await house.open_survey()
    day = 0
    while waiting or plans:
        number = chance.randint(16, 30)
        ending, waiting = waiting[:number], waiting[number:]
        for name, service in ending:
            await house.filed(name, service, chance.choices(("id", "en"), (9, 1))[0])
            await house.closed(name)
            invited.add(name)
        await _pass_day(house, plans, history, values, chance)
        history.pools.append(_pool_now(house))
        await house.next_day()
        day += 1
        for name in sorted(invited):
            if await house.office.inviting.invitation(ticket_of(name)) is not None:
                invited.discard(name)
                if chance.random() < 0.8:
                    plans.append((day * 24 + chance.expovariate(1 / 30), name, None))
        if not waiting and day * 24 > max([at for at, *_ in plans], default=0):
            break
    return history


async def _pass_day(
    house: SurveyHouse,
    plans: list[tuple[float, str, SurveyToken | None]],
    history: History,
    values: Any,
    chance: Random,
) -> None:
    """Do what falls into this day, in the order of time."""
    start = house.clock.at
    first = len(history.pools) * 24
    while due := sorted(plan for plan in plans if plan[0] < first + 24):
        at, name, token = due[0]
        plans.remove(due[0])
        house.clock.at = start
        house.clock.pass_hours(max(0.0, at - first) % 24)
        if token is None:
            token = await house.blinded(name)
            delay = chance.expovariate(1 / (4 * MINUTE)) if chance.random() < 0.8 else chance.uniform(1, 20)
            plans.append((at + delay, name, token))
            continue
        answered = next(values)
        history.truth[answered] = name
        form = filled(**dict(zip(SKM.codes, answered, strict=True)))
        await house.office.answering.accept(token.text, [form])
    house.clock.at = start


def _pool_now(house: SurveyHouse) -> list[tuple[str, tuple[int, ...]]]:
    """Read the pool as whoever has its file and its key: tokens and values, in the order of the file."""
    folder = house.office.settings.folder
    path = folder / "survey-answers.pool"
    if not path.exists():
        return []
    content = path.read_bytes()
    cipher = AESGCM((folder / "secrets" / "survey-pool").read_bytes())
    answers = json.loads(cipher.decrypt(content[:NONCE], content[NONCE:], PURPOSE).rstrip(b"\0"))
    return [(each["token"], _row(each["fills"][0]["values"])) for each in answers]


def _row(values: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(values[code] for code in SKM.codes)


# -- what is guessed

Guesses = dict[tuple[int, ...], str]


@dataclass(frozen=True)
class Recorded:
    """A group of answers that were recorded together, in the order of the store, and who had taken an invitation before, in time."""

    service: str
    answers: Sequence[tuple[int, ...]]
    ids: Sequence[str]
    tokens: Sequence[str]
    candidates: Sequence[str]


def groups(folder: Path) -> list[Recorded]:
    """Read from the store's file what was recorded, and pass over cases that were used up: the newest are the likeliest."""
    with sqlite3.connect(f"file:{folder / 'integrity' / 'store.db'}?mode=ro", uri=True) as store:
        rows = [json.loads(row[0]) for row in store.execute("SELECT message FROM messages ORDER BY position")]
    service_of: dict[str, str] = {}
    taken: list[str] = []
    found: list[Recorded] = []
    tokens: list[str] = []
    recorded: dict[str, list[tuple[tuple[int, ...], str]]] = {}
    for message in rows:
        data = message["data"]
        match message["type"].rpartition(".")[2]:
            case "survey_invited":
                service_of[message["subject"]] = data["service"]
            case "invitation_signed":
                taken.append(message["subject"])
            case "survey_tokens_spent":
                tokens += data["tokens"]
            case "survey_answer_recorded":
                recorded.setdefault(data["service"], []).append((_row(data["values"]), message["id"]))
            case "survey_origins_counted":
                service = data["service"]
                mine = [case for case in taken if service_of[case] == service]
                answers, ids = zip(*recorded.pop(service), strict=True)
                found.append(Recorded(service, answers, ids, tuple(tokens), mine))
                tokens = []
    return found


def _aligned(answers: Sequence[tuple[int, ...]], candidates: Sequence[str]) -> Guesses:
    last = max(1, len(answers) - 1)
    return {answer: candidates[round(at * (len(candidates) - 1) / last)] for at, answer in enumerate(answers)}


def _newest(group: Recorded, used: int) -> Sequence[str]:
    """The cases that took an invitation since the last group, or at least as many as there are answers."""
    fresh = group.candidates[used:]
    return fresh if len(fresh) >= len(group.answers) else group.candidates[-len(group.answers) :]


def by_store_order(group: Recorded, used: int) -> Guesses:
    return _aligned(group.answers, _newest(group, used))


def by_reverse_order(group: Recorded, used: int) -> Guesses:
    return _aligned(group.answers[::-1], _newest(group, used))


def by_last_taken(group: Recorded, used: int) -> Guesses:
    return _aligned(group.answers, group.candidates[-len(group.answers) :])


def by_event_id(group: Recorded, used: int) -> Guesses:
    ordered = [answer for _, answer in sorted(zip(group.ids, group.answers, strict=True))]
    return _aligned(ordered, _newest(group, used))


def by_token(group: Recorded, used: int) -> Guesses:
    """Order the cases as their tokens would lie, if a token went with the answer at its place."""
    ordered = [answer for _, answer in sorted(zip(group.tokens, group.answers, strict=False))]
    return _aligned(ordered, sorted(_newest(group, used)))


STRATEGIES: Mapping[str, Callable[[Recorded, int], Guesses]] = {
    "order of the store": by_store_order,
    "order backwards": by_reverse_order,
    "last taken": by_last_taken,
    "event ids": by_event_id,
    "tokens": by_token,
}


def attack(folder: Path, history: History) -> dict[str, tuple[int, int]]:
    """Return for each strategy how many cases were guessed rightly, and how many answers there were."""
    tickets = {answer: ticket_of(name) for answer, name in history.truth.items()}
    results = {}
    for name, strategy in STRATEGIES.items():
        guesses: Guesses = {}
        used: dict[str, int] = {}
        for group in groups(folder):
            guesses |= strategy(group, used.get(group.service, 0))
            used[group.service] = len(group.candidates)
        results[name] = _score(guesses, tickets)
    results["order of the pool"] = _score(_by_pool(folder, history), tickets)
    return results


def _by_pool(folder: Path, history: History) -> Guesses:
    """Take the order of the pool's file for the order of the answers, at the last copy in which each of a group still was."""
    place = {row: at for pool in history.pools for at, (_, row) in enumerate(pool)}
    guesses: Guesses = {}
    used: dict[str, int] = {}
    for group in groups(folder):
        ordered = sorted(group.answers, key=lambda answer: place[answer])
        guesses |= _aligned(ordered, _newest(group, used.get(group.service, 0)))
        used[group.service] = len(group.candidates)
    return guesses


def _score(guesses: Guesses, tickets: Mapping[tuple[int, ...], str]) -> tuple[int, int]:
    return sum(tickets[answer] == case for answer, case in guesses.items()), len(guesses)


def allowed(answers: int, smallest_group: int) -> float:
    """Return 1/k of the answers and 3.5 standard deviations. Tokens are drawn anew in each history: of six strategies one has more by
    chance about once in three hundred."""
    share = 1 / smallest_group
    return float(answers * share + 3.5 * (answers * share * (1 - share)) ** 0.5)
