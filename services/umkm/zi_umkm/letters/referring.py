"""Referring products to the health office: the referral, its letter and the letter's number are recorded together, or nothing is."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid5

from pydantic import ValidationError

from zi_chassis.access.identity import Staff
from zi_chassis.bus.lanes import Reaction
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.office_clock import office_zone
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_chassis.vault.requests import VAULT_ERRORS, VaultClient
from zi_contracts.intake import Items
from zi_contracts.umkm.letters import MentoringLetterKind
from zi_rules.mentoring.referral_letter import ReferralLetterRules
from zi_umkm.domain import errors
from zi_umkm.domain.case import messages
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.referral import ReferralLetter
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.letter import IssueMentoringLetter, printed_number
from zi_umkm.domain.referral_code import code_digest, referral_code
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.letters.referral_content import ReferralDraft, referral_content
from zi_umkm.letters.writing import MentoringLetterWriting
from zi_umkm.messaging.letters_data import letter_registers
from zi_umkm.messaging.published import cases
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.decisions import CaseDecisions, refuse_interested
from zi_umkm.use_cases.vault_fields import NOTE

KIND: MentoringLetterKind = "pirt_referral"
IDENTITY = ("business.name", "reporter.name", "business.address", "place", "business.nib")
PURPOSE = "mentoring"
ANSWER = "answer"


class UnprintableReferralError(errors.MentoringError):
    sentence = "The letter can't show one of these texts: it is too long, or holds a sign that nobody sees. Let the business write it anew."


class Referring:
    """`codes` is the secret that the codes of letters are made from; `vault` is called at every use, because it may come later."""

    def __init__(
        self,
        store: Store,
        rules: MentoringRulebook,
        wording: ReferralLetterRules,
        codes: bytes,
        writing: MentoringLetterWriting,
        vault: Callable[[], VaultClient],
    ) -> None:
        self._store = store
        self._rules = rules
        self._wording = wording
        self._codes = codes
        self._writing = writing
        self._vault = vault
        self._writer = VaultWriter(vault)
        self._decisions = CaseDecisions(store, self._writer)

    async def refer(
        self, request: MentoringRequest, by: Act, key: UUID | None, note: str | None, person: Staff
    ) -> Handled[MentoringCase]:
        """Refer what the health office registers, with a sealed letter; a refusal or a repeat leaves nothing behind."""
        request_id = request_id_of(key, by, "refer", [note])
        now = await self._decisions.state(request)
        letter = uuid5(request.mentoring, f"referral {len(now.referrals) + 1}")
        until = by.at + timedelta(days=self._wording.code_days)
        code = referral_code(self._codes, letter, 1)
        offered = ReferralLetter(letter=letter, number="-", code_digest=code_digest(code), open_until=until)

        def command(tx: Tx, case: MentoringCase, items: Items, number: str = "-") -> MentoringCommands:
            numbered = offered.model_copy(update={"number": number})
            return messages.Refer(by=by, request=request_id, items=items, letter=numbered)

        if not await self._decisions.would_record(request, command):
            return await self._decisions.decide(request, command)
        draft = await self._draft(request, now, note, person, code, until.astimezone(office_zone()).date())
        issue = await self._issue(request, now, by, letter, draft)
        items = await self._writer.keep(request.ticket, {NOTE: note}, request_id) if note else ()
        return await self._record(request, now, by, issue, partial(command, items=items))

    async def _record(
        self,
        request: MentoringRequest,
        before: MentoringCase,
        by: Act,
        issue: IssueMentoringLetter,
        command: Callable[..., MentoringCommands],
    ) -> Handled[MentoringCase]:
        id, register = request.mentoring, self._writing.register_of(issue)

        def found(tx: Tx) -> list[Reaction]:
            states = self._store.states(tx, {id: cases, register: letter_registers})
            _, now = states[id]
            refuse_interested(tx, by, now.business_ref)
            refer = command(tx, now)
            if refer.request in now.requests:
                return [Reaction(cases, id, refer)]
            if _letter_shows(now) != _letter_shows(before):
                raise errors.ReferralChangedError
            _, issued = states[register]
            number = printed_number(issue.series, issue.year, issued.next)
            return [
                Reaction(letter_registers, register, issue),
                Reaction(cases, id, command(tx, now, number=number)),
            ]

        *_, referred = await self._store.decide_all(found)
        return referred

    async def _issue(
        self, request: MentoringRequest, now: MentoringCase, by: Act, letter: UUID, draft: ReferralDraft
    ) -> IssueMentoringLetter:
        """Keep the content, and return the command that numbers its letter."""
        rules, issuer, salt = self._rules.of(now, by.at), self._writing.issuer, self._writing.salt(letter)
        try:
            rendered = referral_content(draft, now, rules, self._wording, issuer, salt).render()
        except ValidationError as fault:
            raise UnprintableReferralError from fault
        year = by.at.astimezone(office_zone()).year
        return await self._writing.write(by, request.ticket, letter, KIND, year, rendered)

    async def _draft(
        self,
        request: MentoringRequest,
        now: MentoringCase,
        note: str | None,
        person: Staff,
        code: str,
        open_until: date,
    ) -> ReferralDraft:
        """Read what the business stated under the mentor's own name, which the vault records."""
        named = [case_item for number in now.to_refer for case_item in now.stated(number).items]
        try:
            fields = await self._vault().read(request.ticket, IDENTITY, PURPOSE, token=person.token)
            texts = await self._vault().disclosed(request.ticket, named, PURPOSE, person.token)
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
        names = {
            number: texts[item.item].text
            for number in now.to_refer
            for item in now.stated(number).items
            if item.item in texts
        }
        district = now.business.district if now.business else request.district
        return ReferralDraft(
            ticket=request.ticket,
            district=self._rules.district_name(district),
            fields=fields,
            names=names,
            note=note,
            code=code,
            open_until=open_until,
            answer_at=self._writing.issuer.address + ANSWER,
            signer=person.name or person.sub,
        )


def _letter_shows(case: MentoringCase) -> tuple[object, ...]:
    """Return what the letter states of the case, so that it is written anew if that changed meanwhile."""
    products = tuple(case.stated(number) for number in case.to_refer)
    return products, case.triaged, case.business_ref, len(case.referrals)
