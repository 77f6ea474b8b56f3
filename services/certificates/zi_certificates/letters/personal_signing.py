"""The personal signature of a letter's signatory, by the office's signing service, beneath the office's seal.

The passphrase is an argument of one call and is never stored. The service is called outside of every transaction: before the call it is
decided whether this official may sign, and after it again, under the write lock. What was stored first stays, so that no letter is signed
twice, whoever tries at the same time or again. The first certificate of an official is recorded, and no other signs before a second person
has confirmed it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from zi_certificates.domain.application.errors import (
    ApplicationError,
    NoSignatureCertificateError,
    NoSigningServiceError,
    OperatorSignsError,
    PageNotReadyError,
    PassphraseRefusedError,
    SignatureRefusedError,
    UnlistedSignatoryError,
)
from zi_certificates.domain.application.letter_decisions import letters_without_signature
from zi_certificates.domain.application.state import Application
from zi_certificates.domain.signatory import PARTIES, PresentCertificate
from zi_certificates.letters.register import CertificateRegister
from zi_certificates.messaging.published import applications
from zi_certificates.use_cases.binding_signatories import BindingSignatories
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.requests import VAULT_ERRORS
from zi_chassis.web.problem import RefusedError
from zi_letters.content import digest
from zi_letters.letter_register import LetterVault, NumberedLetter, SignedPage
from zi_letters.pdf_worker import PdfWorkerError
from zi_letters.personal_signature import (
    NoUsableCertificateError,
    PersonalSignature,
    PersonalSignatureError,
    RefusedSignatureError,
    SigningOfficial,
    WrongPassphraseError,
    signing_certificate,
)
from zi_letters.sealing import NotYetError, SpoiltError
from zi_letters.stored_file import kept_file
from zi_letters.template import NoTemplateError

UNMADE = (PdfWorkerError, SpoiltError, NoTemplateError, *VAULT_ERRORS)
REFUSALS: Mapping[type[PersonalSignatureError], type[ApplicationError]] = {
    WrongPassphraseError: PassphraseRefusedError,
    NoUsableCertificateError: NoSignatureCertificateError,
    RefusedSignatureError: SignatureRefusedError,
}


class SigningServiceAwayError(RefusedError):
    """Raised where the service gives no answer that can be used; whether it signed something is not known, and nothing of it is used."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "The signing service gives no usable answer now, so your signature is not on the letter. Try again in a few minutes."
        )

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": "120"}


@dataclass(frozen=True)
class SigningService:
    """A provider of signatures, and the number by which it knows each official, by the name of their account."""

    provider: PersonalSignature
    identities: Mapping[str, str] = field(repr=False)


class PageMaker(Protocol):
    """Makes the page of a letter that has its number; the same bytes at every call."""

    async def page(self, letter: NumberedLetter) -> bytes: ...


class PersonalSigning:
    """`service` is None where the office has none: its letters have the seal alone. `vault` is called at every use, because it may come
    later."""

    def __init__(
        self,
        store: Store,
        register: CertificateRegister,
        pages: PageMaker,
        vault: Callable[[], LetterVault],
        service: SigningService | None,
        binding: BindingSignatories,
    ) -> None:
        self._store = store
        self._register = register
        self._pages = pages
        self._vault = vault
        self._service = service
        self._binding = binding

    @property
    def is_used(self) -> bool:
        return self._service is not None

    def refuse_unable(self, by: Act) -> None:
        """Raise before an official decides about letters that nobody could sign then."""
        if self._service is None:
            return
        if by.role not in PARTIES[PresentCertificate]:
            raise OperatorSignsError
        if by.actor not in self._service.identities:
            raise UnlistedSignatoryError

    async def sign(self, application: UUID, by: Act, passphrase: str) -> Handled[Application]:
        """Sign every letter that still wants it, each by itself: what is signed stays so if the service fails at the next. Nothing is done
        where all are signed."""
        version, state = await self._store.fetch(applications, application)
        done = Handled(state, version, ())
        for id in letters_without_signature(by, state):
            official = self._official(by, passphrase)
            done = await self._signed(await self._register.letter(id), official, by)
        return done

    def _official(self, by: Act, passphrase: str) -> SigningOfficial:
        if self._service is None:
            raise NoSigningServiceError
        self.refuse_unable(by)
        return SigningOfficial(self._service.identities[by.actor], passphrase)

    async def _signed(
        self, letter: NumberedLetter, official: SigningOfficial, by: Act
    ) -> Handled[Application]:
        try:
            page = await self._pages.page(letter)
        except NotYetError as wait:
            raise PageNotReadyError from wait
        except UNMADE as fault:
            raise UnavailableError(str(fault)) from fault
        signed = await self._by_service(page, official)
        await self._binding.present(by, await asyncio.to_thread(signing_certificate, signed))
        try:
            stored, item = await kept_file(self._vault(), letter, signed, letter.nth("signed page"))
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
        return await self._register.record_signature(letter, SignedPage(digest(stored), item), by)

    async def _by_service(self, page: bytes, official: SigningOfficial) -> bytes:
        """Let the service sign. No cause is named: what the service says may repeat what it was sent."""
        assert self._service is not None
        try:
            return await self._service.provider.sign(page, official)
        except PersonalSignatureError as refusal:
            raise REFUSALS[type(refusal)] from None
        except UnavailableError:
            raise SigningServiceAwayError from None
