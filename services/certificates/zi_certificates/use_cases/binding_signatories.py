"""Bind the account of an official to the certificate that signs for it, and let a second person decide about another one."""

from functools import partial
from uuid import UUID

from zi_certificates.domain.signatory import (
    BoundSignatory,
    ConfirmCertificate,
    DeclineCertificate,
    OtherCertificateError,
    PresentCertificate,
    SignatoryCommands,
    signatory_id,
)
from zi_certificates.messaging.signatory_data import signatories
from zi_certificates.read.signatories import (
    SignatoryPage,
    certificates_of_others,
    count_offered,
    signatories_page,
)
from zi_chassis.domain import Act, Decider
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store


class BindingSignatories:
    def __init__(self, store: Store, office: str) -> None:
        self._store = store
        self._office = office

    async def present(self, by: Act, certificate: str) -> None:
        """Record the first certificate of this official. Raises OtherCertificateError for any other, which a second person has to confirm."""
        id = signatory_id(self._office, by.actor)

        def found(tx: Tx) -> tuple[Decider[BoundSignatory], UUID, SignatoryCommands]:
            others = certificates_of_others(tx, id)
            return signatories, id, PresentCertificate(by=by, certificate=certificate, others=others)

        handled: Handled[BoundSignatory] = await self._store.decide(found)
        if handled.state.certificate != certificate:
            raise OtherCertificateError

    async def confirm(self, signatory: UUID, by: Act, certificate: str) -> Handled[BoundSignatory]:
        def found(tx: Tx) -> tuple[Decider[BoundSignatory], UUID, SignatoryCommands]:
            others = certificates_of_others(tx, signatory)
            return signatories, signatory, ConfirmCertificate(by=by, certificate=certificate, others=others)

        return await self._store.decide(found)

    async def decline(self, signatory: UUID, by: Act, certificate: str) -> Handled[BoundSignatory]:
        return await self._store.handle(
            signatories, signatory, DeclineCertificate(by=by, certificate=certificate)
        )

    async def page(self, text: str, page: int) -> SignatoryPage:
        return await self._store.query(partial(signatories_page, text=text, page=page))

    async def waiting(self) -> int:
        """Count the officials whose other certificate waits for a second person."""
        return await self._store.query(count_offered)
