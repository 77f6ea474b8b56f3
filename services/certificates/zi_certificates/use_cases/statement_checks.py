"""Checks of what applicants state, and the values made of it."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from zi_certificates.domain.account import Account, Details
from zi_certificates.domain.application import errors
from zi_certificates.domain.application.amended_letter import AmendedLetter
from zi_certificates.domain.application.commands import Draft
from zi_certificates.domain.standing import Standing
from zi_certificates.domain.statement import Document, Outline, StatedProduct, Statement
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.letters import LetterRow
from zi_chassis.domain import Act, Value
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.rule_set import CertificateRules
from zi_rules.registration_number import normalise_number

WAREHOUSE = "account.warehouse"
PRODUCER, CONSIGNEE = "letter.producer", "letter.consignee"
REPLACEABLE = (Standing.VALID, Standing.SUSPENDED)


class AccountStated(Value):
    """The statement of a company about itself; without `warehouse`, or without `documents`, the former ones stay."""

    acts_for_others: bool = False
    hs_codes: tuple[str, ...] = ()
    warehouse: str | None = None
    documents: tuple[Document, ...] | None = None


def refuse_missing_files(documents: Sequence[Document], there: Mapping[UUID, str]) -> None:
    """Raise unless intake has reported each file, with the same digest."""
    if any(there.get(each.file.item) != each.file.digest for each in documents):
        raise errors.FilesOnTheWayError


def details_of(request: IntakeRequest, account: Account, stated: AccountStated) -> Details:
    """Return the details of the account: the company as stated at intake, and what the same person in charge does not state anew."""
    before = account.details if account.ticket == request.ticket else None
    warehouse = before.items if before is not None and stated.warehouse is None else ()
    documents = before.documents if before is not None else ()
    return Details(
        acts_for_others=stated.acts_for_others,
        hs_codes=tuple(dict.fromkeys(map(normalise_number, stated.hs_codes))),
        items=(*request.items, *(each for each in warehouse if each.field == WAREHOUSE)),
        documents=documents if stated.documents is None else stated.documents,
    )


def product_of(item: UnnumberedItem, number: int) -> StatedProduct:
    return StatedProduct.model_validate(item.model_dump(exclude={"number"}) | {"number": number})


def draft_of(
    request: IntakeRequest,
    by: Act,
    request_id: UUID | None,
    account: UUID,
    statement: Statement,
    replaces: str | None = None,
    amends: AmendedLetter | None = None,
) -> Draft:
    """Make the command that drafts the application of a request: whose it is stands in the request, what it asks for in the statement."""
    return Draft(
        by=by,
        request=request_id,
        ticket=request.ticket,
        body_digest=digest_of(statement, replaces),
        series=request.series,
        account=account,
        business_ref=request.business_ref,
        data_subject=request.data_subject,
        language=request.language,
        reachable_by=request.reachable_by,
        statement=statement,
        replaces=replaces,
        amends=amends,
    )


def digest_of(statement: Statement, replaces: str | None) -> str:
    """Without what statements had not at first it is the digest of those from before there was any."""
    later = {name for name in ("arrives", "parties", "carried", "used") if not getattr(statement, name)}
    return sha256(f"{statement.model_dump_json(exclude=later)} {replaces}".encode()).hexdigest()


def refuse_other_series(request: IntakeRequest, outline: Outline) -> None:
    """A register numbers letters of one series, so nothing else may come into it."""
    if not all(kind.startswith(f"{request.series}_") for kind in outline.kinds):
        raise errors.OtherSeriesError


def refuse_unknown_circumstances(outline: Outline, rules: CertificateRules) -> None:
    """Raise for a circumstance that the rules of the application do not ask about."""
    if not rules.names.circumstances.keys() >= set(outline.circumstances):
        raise errors.UnknownCircumstanceError


def refuse_unknown_product(now: Statement, number: int) -> None:
    if number not in {each.number for each in now.products}:
        raise errors.NoSuchProductError


def refuse_unless_replaceable(row: LetterRow | None, request: IntakeRequest, account: UUID) -> None:
    """Raise unless the letter is of the same company and series, and valid or suspended."""
    is_theirs = row is not None and (row.account == account or row.business_ref == request.business_ref)
    if row is None or not is_theirs or row.series != request.series or row.standing not in REPLACEABLE:
        raise errors.NotReplaceableError
