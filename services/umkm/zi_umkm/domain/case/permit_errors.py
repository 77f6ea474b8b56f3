"""The errors that a command about a permit raises, each with what to do next."""

from zi_umkm.domain.errors import MentoringError


class AccountUnverifiedError(MentoringError):
    sentence = "Verify the applicant's account first: the evaluation begins after that."


class NotFoundFitError(MentoringError):
    sentence = "An evaluator must find the business fit before the permit is signed."


class VerifiedAccountError(MentoringError):
    sentence = (
        "You verified the account of this application: somebody else evaluates and signs it. Where nobody else can, give it back yourself:"
        " somebody else verifies its account then, and it is evaluated after that, also where it was found fit before."
    )


class SignsOwnFindingError(MentoringError):
    sentence = "You found this business fit: somebody else must sign the permit."


class PermitStillValidError(MentoringError):
    sentence = "The permit is valid, and it is too early to renew it. Look at its last day first."


class NoCertificateError(MentoringError):
    sentence = "This house has issued no permit with a number here: there is nothing to revoke."


class CertificateEndedError(MentoringError):
    sentence = "This permit has ended already: nothing more is decided about it."


class RevocationPendingError(MentoringError):
    sentence = "A revocation of this permit is being decided: wait for the decision."


class NoRevocationError(MentoringError):
    sentence = "Nobody has proposed to revoke this permit: propose it first, and let somebody else decide."


class OwnProposalError(MentoringError):
    sentence = "You took part in this revocation before: leave this decision to somebody else."


class NotContestedError(MentoringError):
    sentence = "There is no objection to decide about: without one the revocation takes effect on its day."


class ObjectionTooLateError(MentoringError):
    sentence = (
        "There is no revocation that you can still object to: ask the office for its decision in writing."
    )


class PermitChangedError(MentoringError):
    sentence = "Something has been done about this permit since you looked: look at it again."


class UnknownRevocationReasonError(MentoringError):
    sentence = "Choose one of the reasons that the office has laid down."
