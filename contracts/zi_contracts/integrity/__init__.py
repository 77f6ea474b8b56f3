"""Messages of integrity, one file an area."""

from zi_contracts.data import Data
from zi_contracts.integrity import conflict
from zi_contracts.integrity.conflict import ConflictCleared, ConflictDeclared

__all__ = ["MODELS", "ConflictCleared", "ConflictDeclared"]

MODELS: tuple[type[Data], ...] = (*conflict.MODELS,)
