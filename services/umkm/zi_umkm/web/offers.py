"""The acts that a page offers to its reader: those that the decider takes now, asked with the facts from beside the case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zi_chassis.storage.database import Tx
from zi_umkm.container import MentoringOffice
from zi_umkm.domain.case.offers import Offer, OfferFacts, PageReader, offers
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.rule_evaluation import missing_for_registration
from zi_umkm.read.mentorships import evaluators_of, mentors_of
from zi_umkm.read.number_checks import checkers_of
from zi_umkm.web.official import DeskOfficial


@dataclass(frozen=True)
class PageOffers:
    """Templates ask it for an act and what the act is about."""

    acts: frozenset[Offer]

    def __call__(self, act: str, *about: object) -> bool:
        return (act, *about) in self.acts

    def any_of(self, *acts: str) -> bool:
        return any(offer[0] in acts for offer in self.acts)


async def offered_at_desk(
    official: DeskOfficial, state: MentoringCase, missing_for_permit: tuple[str, ...] = ()
) -> PageOffers:
    office, now = official.office, official.office.clock.now()

    def question(tx: Tx) -> OfferFacts:
        business = state.business_ref
        return OfferFacts(
            mentors=mentors_of(tx, business),
            evaluators=evaluators_of(tx, business),
            checkers=checkers_of(tx, business),
            missing_for_permit=missing_for_permit,
            missing=_missing(office, state, now),
        )

    reader = PageReader(official.person.sub, now, official.person.roles)
    return PageOffers(offers(reader, state, await office.store.query(question)))


def offered_to_business(
    office: MentoringOffice, actor: str, role: str, state: MentoringCase, missing_for_permit: tuple[str, ...]
) -> PageOffers:
    now = office.clock.now()
    facts = OfferFacts(
        missing_for_permit=missing_for_permit,
        missing=_missing(office, state, now),
        opens_at=office.rules.permits.renewable_from(state.permit.certificate),
    )
    return PageOffers(offers(PageReader(actor, now, role=role), state, facts))


def _missing(office: MentoringOffice, state: MentoringCase, now: datetime) -> Mapping[int, tuple[str, ...]]:
    """Return what the rules say is missing to register each product."""
    rules = office.rules.of(state, now)
    enough = office.rules.self_enough(state)
    return {each.product: missing_for_registration(state, each, rules, enough) for each in state.triaged}
