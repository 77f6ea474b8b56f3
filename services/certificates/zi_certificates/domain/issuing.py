"""What was signed for and has no number yet: what the register is asked, after the signature and after every restart alike. Pure."""

from uuid import UUID

from zi_certificates.domain.application.events import (
    LettersSigned,
)
from zi_certificates.domain.application.state import (
    Application,
)
from zi_certificates.domain.register import Issue
from zi_chassis.domain import Act


def to_issue(id: UUID, application: Application, signed: LettersSigned, year: int, by: Act) -> list[Issue]:
    """Issuing again is no event in the register, so it may be asked as often as one likes."""
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
