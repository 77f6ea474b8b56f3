"""The health office's answer: whoever types the number of a letter and its code answers for it, without an account."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from zi_chassis.clock import Clock
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_chassis.vault.requests import VAULT_ERRORS, VaultClient
from zi_contracts.intake import Items
from zi_letters.vault_fields import CONTENT, PURPOSE
from zi_rules.mentoring.referral_letter import ReferralLetterRules
from zi_umkm.domain import errors
from zi_umkm.domain.case import referral
from zi_umkm.domain.case.referral_decisions import answerable, refuse_answered
from zi_umkm.domain.case.referral_state import Referral
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.referral_code import code_digest, referral_code, typed_code
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.letters.referral_content import ReferralContent
from zi_umkm.messaging.upstream import MentoringRequest, request_of
from zi_umkm.read.letters import MentoringLetterRow, mentoring_letter_numbered
from zi_umkm.use_cases.decisions import NO_TEXTS, CaseDecisions
from zi_umkm.use_cases.vault_fields import NOTE


@dataclass(frozen=True)
class OpenedReferral:
    """A letter to whoever has its code: `letter` is how it stands, `code` the digest of what was typed."""

    request: MentoringRequest
    row: MentoringLetterRow
    case: MentoringCase
    letter: Referral
    code: str

    def refuse_answered(self) -> None:
        """Raise CodeUsedError where nothing waits for an answer."""
        refuse_answered(self.letter, self.case)

    @property
    def open_products(self) -> frozenset[int]:
        return self.letter.unanswered(self.case.at_health_office)


class ReferralAnswering:
    """`codes` is the secret that the codes of letters are made from."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        rules: MentoringRulebook,
        wording: ReferralLetterRules,
        codes: bytes,
        vault: Callable[[], VaultClient],
    ) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._wording = wording
        self._codes = codes
        self._vault = vault
        self._decisions = CaseDecisions(store, VaultWriter(vault))

    async def open(self, number: str, code: str) -> OpenedReferral:
        """Raises WrongReferralCodeError for a number and a code that do not belong together, whether or not there is such a letter; and for
        the right code the reason why it can't answer now."""
        row = await self._store.query(lambda tx: mentoring_letter_numbered(tx, number))
        request = None if row is None else await self._store.query(lambda tx: request_of(tx, row.ticket))
        if row is None or request is None:
            raise errors.WrongReferralCodeError
        case, typed = await self._decisions.state(request), typed_code(code)
        rounds = next((each.round for each in case.referrals if each.letter == row.letter), 0)
        made = (referral_code(self._codes, row.letter, each + 1) for each in range(rounds))
        if not any(hmac.compare_digest(typed.encode(), each.encode()) for each in made):
            raise errors.WrongReferralCodeError
        letter = answerable(case, row.letter, code_digest(typed), self._clock.now())
        return OpenedReferral(request, row, case, letter, code_digest(typed))

    async def content(self, opened: OpenedReferral) -> ReferralContent:
        """Read the letter that was sealed, which the vault records."""
        row = opened.row
        try:
            fields = await self._vault().read(
                row.ticket, [CONTENT], PURPOSE, causation=str(row.event_id), items=[row.item.item]
            )
        except VAULT_ERRORS as fault:
            raise UnavailableError(str(fault)) from fault
        return ReferralContent.model_validate_json(fields[CONTENT])

    async def receive(self, opened: OpenedReferral, key: UUID | None) -> Handled[MentoringCase]:
        fields = self._fields(opened, key, "received", ())
        return await self._decide(opened, referral.ReceiveReferral, fields)

    async def question(
        self, opened: OpenedReferral, key: UUID | None, text: str | None
    ) -> Handled[MentoringCase]:
        fields = self._fields(opened, key, "question", (text,))
        if not text:
            raise errors.NoAnswerTextError
        return await self._decide(opened, referral.QuestionReferral, fields, text)

    async def refuse(
        self, opened: OpenedReferral, key: UUID | None, product: int, reason: str | None
    ) -> Handled[MentoringCase]:
        fields = self._fields(opened, key, "refuse", (product, reason)) | {"product": product}
        if not reason:
            raise errors.NoAnswerTextError
        return await self._decide(opened, referral.RefuseReferral, fields, reason)

    async def give_number(
        self, opened: OpenedReferral, key: UUID | None, product: int, number: str
    ) -> Handled[MentoringCase]:
        """Record a number as it was given; how it is written is judged by the rules, and an official looks it up later."""
        fields = self._fields(opened, key, "number", (product, number)) | {
            "product": product,
            "number": self._rules.written(number),
            "shape": self._rules.number_shape(number, referred=True),
            "numbers": self._rules.number_pin,
        }
        return await self._decide(opened, referral.GiveReferredNumber, fields)

    def _fields(
        self, opened: OpenedReferral, key: UUID | None, act: str, values: tuple[object, ...]
    ) -> dict[str, Any]:
        by = Act(at=self._clock.now(), actor=opened.row.number, role=referral.HEALTH_OFFICE)
        request = request_id_of(key, by, f"referral {act}", (opened.code, *values))
        return {"by": by, "request": request, "letter": opened.row.letter, "code_digest": opened.code}

    async def _decide(
        self,
        opened: OpenedReferral,
        kind: type[referral.ReferralAnswers],
        fields: Mapping[str, Any],
        text: str | None = None,
    ) -> Handled[MentoringCase]:
        def command(tx: Tx, now: MentoringCase, items: Items) -> referral.ReferralAnswers:
            return kind(**fields, **({"items": items} if text else {}))

        texts = {NOTE: text} if text else NO_TEXTS
        return await self._decisions.decide(opened.request, command, fields["request"], texts)

    async def renew(
        self, request: MentoringRequest, by: Act, key: UUID | None, letter: UUID
    ) -> tuple[Handled[MentoringCase], str]:
        """Make a new code in place of the last one, and return it: nobody else is shown it, and it is stored nowhere."""
        request_id = request_id_of(key, by, "renew-referral-code", [letter])
        until = by.at + timedelta(days=self._wording.code_days)
        before = await self._decisions.state(request)
        known = next((each.round for each in before.referrals if each.letter == letter), 0)
        is_repeat = request_id is not None and request_id in before.requests
        code = referral_code(self._codes, letter, known if is_repeat else known + 1)

        def command(tx: Tx, now: MentoringCase, items: Items) -> referral.ReferralCommands:
            if not is_repeat and now.referrals != before.referrals:
                raise errors.ReferralChangedError
            return referral.RenewReferralCode(
                by=by, request=request_id, letter=letter, code_digest=code_digest(code), open_until=until
            )

        return await self._decisions.decide(request, command), code
