"""The body of an import: an application of SKI or SKE with its items, and the digests of its documents."""

from hashlib import sha256
from typing import Annotated

from pydantic import Field, PositiveInt, StringConstraints

from zi_certificates.domain.statement import Outline
from zi_certificates.use_cases.importing import SentApplication, SentDocument
from zi_certificates.web.bodies import MOST_ITEMS, CertificatesBody, StatementBody
from zi_rules.certificate.item import UnnumberedItem
from zi_rules.certificate.rule_set import Code

# No space and no @, so that neither a name nor an address of a person slips in: the reference is kept for ever.
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
WrittenTicket = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z -]{9,20}$")]


class DocumentBody(CertificatesBody):
    """A document that is uploaded afterwards: its kind, the SHA-256 of its bytes, and the numbers of the items that it speaks of."""

    kind: Code
    sha256: Digest
    products: Annotated[tuple[PositiveInt, ...], Field(max_length=MOST_ITEMS)] = ()


class ApplicationSentBody(StatementBody):
    """`reference` is the sender's own, and the same one is never used for another content; `ticket` is that of the company's request."""

    reference: Reference
    ticket: WrittenTicket
    replaces: None = None
    items: Annotated[tuple[UnnumberedItem, ...], Field(min_length=1, max_length=MOST_ITEMS)]
    documents: Annotated[tuple[DocumentBody, ...], Field(max_length=MOST_ITEMS)] = ()

    def sent(self, ticket: str) -> SentApplication:
        parts = {"reference", "ticket", "replaces", "items", "documents"}
        return SentApplication(
            reference=self.reference,
            ticket=ticket,
            outline=Outline.model_validate_json(self.model_dump_json(exclude=parts)),
            items=self.items,
            documents=[SentDocument(each.kind, each.sha256, each.products) for each in self.documents],
            content=sha256(self.model_dump_json(exclude_unset=True).encode()).hexdigest(),
        )
