"""The privacy border: which message each event has; its data names every field that is disclosed, and the rest stays in the store."""

from typing import Any

from zi_chassis.domain import Decider

DECIDERS: tuple[Decider[Any], ...] = ()
