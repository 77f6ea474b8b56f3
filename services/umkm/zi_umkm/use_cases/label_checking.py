"""Look at the label of a product item by item, add photos to the look, and confirm it as a second person."""

from collections.abc import Mapping
from uuid import UUID, uuid4, uuid5

from zi_chassis.domain import Act, Value
from zi_chassis.storage.database import Tx
from zi_chassis.storage.store import Handled, Store
from zi_chassis.vault.connection import VaultWriter
from zi_contracts.configuration import Pin
from zi_contracts.intake import Items
from zi_contracts.umkm import JudgedLabelItem
from zi_contracts.vault import ItemRef
from zi_rules.mentoring.label_check import LabelFinding, UnfitLabelError
from zi_umkm.domain import errors, label_errors, rule_evaluation
from zi_umkm.domain.case.label_checks import AddLabelPhoto, CheckLabel, ConfirmLabelCheck
from zi_umkm.domain.case.messages import MentoringCommands
from zi_umkm.domain.case.state import MentoringCase
from zi_umkm.domain.ids import request_id_of
from zi_umkm.domain.rulebook import MentoringRulebook
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.use_cases.decisions import CaseDecisions, Decision
from zi_umkm.use_cases.vault_fields import NOTE

Parts = frozenset[str]


class JudgedPart(Value):
    """A part of a label as it was found; the remark is for the business."""

    finding: LabelFinding
    remark: str | None = None


class LabelChecking:
    """`key` is an Idempotency-Key: the same act of the same person under it is done once."""

    def __init__(self, store: Store, rules: MentoringRulebook, vault_writer: VaultWriter) -> None:
        self._decisions = CaseDecisions(store, vault_writer)
        self._rules = rules
        self._vault_writer = vault_writer

    async def check(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        product: int,
        judged: Mapping[str, JudgedPart],
    ) -> Handled[MentoringCase]:
        """Record what was found of each item that has to be on the label; a refused look stores nothing in the vault."""
        ordered = sorted(judged.items())
        request_id = request_id_of(key, by, "check-label", [product, *ordered])

        def deciding(remarks: Items) -> Decision:
            def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
                self._refuse_unfit(judged, now, product, by)
                found = tuple(
                    JudgedLabelItem(item=item, finding=each.finding, remarked=each.remark is not None)
                    for item, each in ordered
                )
                return self._checking(by, request_id, product, now, found, remarks)

            return decision

        remarks = [(item, each.remark) for item, each in ordered if each.remark is not None]
        stored: Items = ()
        if remarks and await self._decisions.would_record(request, deciding(())):
            for item, remark in remarks:
                vault_request = None if request_id is None else uuid5(request_id, item)
                stored += await self._vault_writer.keep(request.ticket, {NOTE: remark}, vault_request)
        return await self._decisions.decide(request, deciding(stored))

    async def check_parts(
        self, request: MentoringRequest, by: Act, key: UUID | None, product: int, parts: Parts
    ) -> Handled[MentoringCase]:
        """Record which parts are on the label; all others that have to be there are not."""
        request_id = request_id_of(key, by, "check-label", [product, *sorted(parts)])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            self._rules.refuse_unasked(parts, now, by.at, label=True)
            required = (each.code for each in self._rules.on_label(now, product, by.at))
            found = tuple(
                JudgedLabelItem(item=item, finding="ok" if item in parts else "not_ok")
                for item in sorted(parts.union(required))
            )
            return self._checking(by, request_id, product, now, found, ())

        return await self._decisions.decide(request, decision)

    def _refuse_unfit(
        self, judged: Mapping[str, JudgedPart], now: MentoringCase, product: int, by: Act
    ) -> None:
        required = tuple(each.code for each in self._rules.on_label(now, product, by.at))
        if not judged.keys() <= set(required):
            raise errors.NotAskedForError
        try:
            findings = {item: each.finding for item, each in judged.items()}
            self._rules.labels[0].refuse_unjudged(required, findings)
        except UnfitLabelError as unfit:
            raise label_errors.UnjudgedLabelError from unfit
        if any(each.finding == "not_applicable" and each.remark is None for each in judged.values()):
            raise label_errors.UnexplainedLabelError

    def _checking(
        self,
        by: Act,
        request_id: UUID | None,
        product: int,
        now: MentoringCase,
        found: tuple[JudgedLabelItem, ...],
        remarks: Items,
    ) -> CheckLabel:
        form, rules = self._rules.labels[0], self._rules.of(now, by.at)
        return CheckLabel(
            by=by,
            request=request_id,
            product=product,
            parts=frozenset(each.item for each in found if each.finding == "ok"),
            check=uuid4() if request_id is None else uuid5(request_id, "check"),
            found=found,
            rules=now.rules or rule_evaluation.pin_of(rules, self._rules.decree_pin(now, by.at)),
            checklist=Pin(id=form.id, version=form.version, digest=form.digest),
            second_look=form.second_look,
            items=remarks,
        )

    # -- what is added to a look

    async def refuse_photo(
        self, request: MentoringRequest, by: Act, product: int, check: UUID, item: str, file: ItemRef
    ) -> None:
        """Raise what `add_photo` would raise, before the file is uploaded."""
        await self._decisions.would_record(request, _adding(by, None, product, check, item, file))

    async def add_photo(
        self,
        request: MentoringRequest,
        by: Act,
        key: UUID | None,
        product: int,
        check: UUID,
        item: str,
        file: ItemRef,
    ) -> Handled[MentoringCase]:
        """Add a photo that was attached at intake."""
        request_id = request_id_of(key, by, "add-label-photo", [product, check, item, file])
        return await self._decisions.decide(request, _adding(by, request_id, product, check, item, file))

    async def confirm(
        self, request: MentoringRequest, by: Act, key: UUID | None, product: int, check: UUID
    ) -> Handled[MentoringCase]:
        request_id = request_id_of(key, by, "confirm-label-check", [product, check])

        def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
            return ConfirmLabelCheck(by=by, request=request_id, product=product, check=check)

        return await self._decisions.decide(request, decision)


def _adding(
    by: Act, request_id: UUID | None, product: int, check: UUID, item: str, file: ItemRef
) -> Decision:
    def decision(tx: Tx, now: MentoringCase, items: Items) -> MentoringCommands:
        return AddLabelPhoto(by=by, request=request_id, product=product, check=check, item=item, file=file)

    return decision
