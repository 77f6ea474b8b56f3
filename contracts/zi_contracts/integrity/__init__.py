"""Messages of integrity, one file an area."""

from zi_contracts.data import Data
from zi_contracts.integrity import (
    compensation,
    conflict,
    contributors,
    forum,
    gratification,
    invitations,
    maklumat,
    minutes,
    office_letters,
    standards,
    surveys,
    trust_assets,
)
from zi_contracts.integrity.conflict import ConflictCleared, ConflictDeclared
from zi_contracts.integrity.invitations import (
    InvitationSigned,
    SurveyInvited,
    SurveyKeyPublished,
    SurveyKeyRetired,
    SurveyTokensSpent,
)
from zi_contracts.integrity.standards import StandardAdopted, StandardWithdrawn

__all__ = [
    "MODELS",
    "ConflictCleared",
    "ConflictDeclared",
    "InvitationSigned",
    "StandardAdopted",
    "StandardWithdrawn",
    "SurveyInvited",
    "SurveyKeyPublished",
    "SurveyKeyRetired",
    "SurveyTokensSpent",
]

MODELS: tuple[type[Data], ...] = (
    *compensation.MODELS,
    *conflict.MODELS,
    *contributors.MODELS,
    *forum.MODELS,
    *gratification.MODELS,
    *invitations.MODELS,
    *maklumat.MODELS,
    *minutes.MODELS,
    *office_letters.MODELS,
    *standards.MODELS,
    *surveys.MODELS,
    *trust_assets.MODELS,
)
