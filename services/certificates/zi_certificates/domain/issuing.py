"""Commands to the register for letters that were signed for and have no number yet, after a signature or a restart. Pure."""

from uuid import UUID

from zi_certificates.domain.application.state import Application, Signature
from zi_certificates.domain.register import Issue
from zi_chassis.domain import Act


def to_issue(id: UUID, application: Application, signed: Signature, year: int, by: Act) -> list[Issue]:
    """Return one command a letter; issuing a letter again adds no event to the register."""
    draft = application.draft
    unnumbered = {letter.id for letter in application.letters if letter.number is None}
    return [
        Issue(
            by=by,
            series=draft.series,
            year=year,
            ticket=draft.ticket,
            application=id,
            letter=letter.letter,
            kind=letter.kind,
            business_ref=draft.business_ref,
            content=letter.content,
            template=letter.template,
            evaluators=signed.evaluators,
            signer=signed.by.actor,
            acting=signed.acting,
        )
        for letter in signed.letters
        if draft is not None and letter.letter in unnumbered
    ]
