"""Messages of integrity, one file an area."""

from zi_contracts.data import Data
from zi_contracts.integrity import (
    "ConflictCleared",
    "ConflictDeclared",
    "StandardAdopted",
    "StandardWithdrawn"],
    *contributors.MODELS,
    *standards.MODELS,
    ...] = (*conflict.MODELS, *minutes.MODELS,
    ConflictDeclared,
    MODELS: tuple[type[Data],
    StandardWithdrawn,
    __all__ = ["MODELS",
    conflict,
    contributors,
    from zi_contracts.integrity.conflict import ConflictCleared,
    from zi_contracts.integrity.standards import StandardAdopted,
    minutes,
    standards,
)
