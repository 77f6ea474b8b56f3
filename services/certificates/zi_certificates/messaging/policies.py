"""Policies on messages of other services: record requests, files, consents, interests of officials and the office's decrees.

An interest also flags every decision that would not have been made, had it been known.
"""

from collections.abc import Iterable

from zi_certificates.domain.account import Flag
from zi_certificates.domain.application.commands import (
    FlagConflict,
    HandOver,
)
from zi_certificates.domain.impartiality import Fact
from zi_certificates.messaging.offers import drop_offered, end_offer, keep_offer
from zi_certificates.messaging.published import accounts, applications
from zi_certificates.messaging.upstream import (
    end_conflicts,
    end_consent,
    keep_clearing,
    keep_consent,
    keep_fact,
    keep_file,
    keep_outcome,
    keep_request,
    request_of,
    with_conflict,
)
from zi_certificates.read.accounts import accounts_decided_by
from zi_certificates.read.decisions import decided_by, held_by
from zi_certificates.read.exchange import erase_exchange
from zi_certificates.read.webhook_addresses import delete_addresses_of
from zi_chassis.bus.announced import AnnouncedConfigurations
from zi_chassis.bus.inbox import React
from zi_chassis.bus.lanes import Reaction, act_because_of
from zi_chassis.clock import Clock
from zi_chassis.storage.configuration import ConfigurationKey
from zi_chassis.storage.database import Tx
from zi_chassis.storage.renamings import every_name_of, note_renaming
from zi_contracts import intake, integrity, umkm
from zi_contracts.message import Message
from zi_contracts.registry import by_sender, data_of
from zi_contracts.umkm import handover
from zi_rules.certificate.decreed import DIRECTIONS
from zi_rules.decree import Standards
from zi_rules.standard import STANDARD

HANDLED_TYPES = by_sender(
    ("intake", "umkm", "integrity"),
    (
        *(intake.CertificateRequested, intake.AttachmentAdded, intake.BusinessNumberGiven),
        *(intake.ErasureRefused, intake.DataSubjectErased),
        *(umkm.ConsentGiven, umkm.ConsentWithdrawn, umkm.MentoringRecorded),
        *(handover.ProductsHandedOver, handover.HandoverEnded),
        *(umkm.RegistrationNumberChecked, umkm.NumberObtained, umkm.BusinessRestated),
        *(integrity.ConflictDeclared, integrity.ConflictCleared),
        *(integrity.StandardAdopted, integrity.StandardWithdrawn),
    ),
)


def reacting(clock: Clock, standards: Standards, announced: AnnouncedConfigurations) -> React:
    """Return the reaction to a message; types that do not concern this service, or are not known yet, change nothing."""

    def react(tx: Tx, message: Message) -> Iterable[Reaction]:
        match data_of(message):
            case intake.CertificateRequested() as requested:
                keep_request(tx, message, requested)
            case intake.AttachmentAdded() as added:
                _attached(tx, message, added)
            case intake.BusinessNumberGiven(business_ref=business, former_ref=former):
                return _numbered(tx, message, former, business, clock)
            case intake.ErasureRefused():
                keep_outcome(tx, message, "refused")
            case intake.DataSubjectErased():
                keep_outcome(tx, message, "erased")
                delete_addresses_of(tx, message.subject)
                erase_exchange(tx, message.subject)
            case umkm.ConsentData() | handover.ProductsHandedOver() | handover.HandoverEnded() as agreed:
                _agreed(tx, message, agreed)
            case umkm.RegistrationNumberChecked() | umkm.NumberObtained() | umkm.BusinessRestated() as known:
                drop_offered(tx, message.subject, _unnumbered(known))
            case umkm.MentoringRecorded(mentor=mentor, business_ref=business):
                return _learned(tx, message, _fact(message, mentor), business, clock)
            case integrity.ConflictDeclared(official=official, business_ref=business):
                return [
                    *_learned(tx, message, _fact(message, official), business, clock),
                    *_handed_over(tx, message, official, business, clock),
                ]
            case integrity.ConflictCleared(official=official, business_ref=business):
                end_conflicts(tx, message.aggregate, message.time)
                keep_clearing(tx, official, business, message.time)
            case integrity.StandardAdopted(service=series, number=number) as adopted if series in DIRECTIONS:
                standard = standards.read(adopted)
                return announced.take_up(message, clock.now(), standard, number)
            case integrity.StandardWithdrawn(service=series) as ended if series in DIRECTIONS:
                key = ConfigurationKey(STANDARD, ended.id, ended.version)
                return announced.take_out(message, clock.now(), key, ended.digest)
        return ()

    return react


def _agreed(
    tx: Tx, message: Message, agreed: umkm.ConsentData | handover.ProductsHandedOver | handover.HandoverEnded
) -> None:
    """Record what a mentored business lets an application of its own take over, or not any more."""
    match agreed:
        case umkm.ConsentGiven(to=ticket):
            keep_consent(tx, ticket, message.subject, message.time)
        case handover.ProductsHandedOver():
            keep_offer(tx, message, agreed)
        case handover.HandoverEnded(to=ticket):
            end_offer(tx, ticket, message.subject, message.time)
        case _:
            end_consent(tx, agreed.to, message.subject)


def _unnumbered(
    known: umkm.RegistrationNumberChecked | umkm.NumberObtained | umkm.BusinessRestated,
) -> tuple[int, ...]:
    """Return the products of which the number that an official looked up does not hold any more."""
    match known:
        case umkm.RegistrationNumberChecked(outcome="confirmed"):
            return ()
        case umkm.BusinessRestated():
            return known.unnumbered
        case _:
            return (known.product,)


def _attached(tx: Tx, message: Message, added: intake.AttachmentAdded) -> None:
    """Record the files of requests; files of complaints do not concern this service."""
    if request_of(tx, message.subject) is None:
        return
    for item in added.items:
        keep_file(tx, message.subject, item, added.media_type, added.size, message.time)


def _fact(message: Message, official: str) -> Fact:
    kind = "conflict" if message.service == "integrity" else "mentorship"
    return Fact.model_validate(
        {"official": official, "kind": kind, "event": message.id, "position": message.position}
    )


def _learned(tx: Tx, message: Message, fact: Fact, business: str, clock: Clock) -> list[Reaction]:
    keep_fact(tx, fact, business, message.aggregate)
    by = act_because_of(message, "certificates", clock.now())
    return [
        *(
            Reaction(applications, application, FlagConflict(by=by, fact=fact))
            for name in every_name_of(tx, business)
            for application in decided_by(tx, fact.official, name)
        ),
        *(
            Reaction(accounts, account, Flag(by=by, fact=fact))
            for name in every_name_of(tx, business)
            for account in accounts_decided_by(tx, fact.official, name)
        ),
    ]


def _handed_over(tx: Tx, message: Message, official: str, business: str, clock: Clock) -> Iterable[Reaction]:
    """Return to the queue what the official has in hand of the business, each application at its old place."""
    by = act_because_of(message, "certificates", clock.now())
    for name in every_name_of(tx, business):
        for application in held_by(tx, official, name):
            yield Reaction(applications, application, HandOver(by=by, officer=official))


def _numbered(tx: Tx, message: Message, former: str, business: str, clock: Clock) -> Iterable[Reaction]:
    """Let all that is known of the business by its former reference hinder by its number."""
    note_renaming(tx, former, business)
    for official in sorted(with_conflict(tx, business)):
        yield from _handed_over(tx, message, official, business, clock)
