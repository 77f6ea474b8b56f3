"""The refusals of a delivery."""

from zi_chassis.domain import DomainError


class UnknownDeliveryError(DomainError):
    """Nothing was requested under this id."""


class DeliveryOverError(DomainError):
    """The delivery has its final state."""


class AttemptOpenError(DomainError):
    """The last attempt's result is not known yet."""


class UnknownAttemptError(DomainError):
    """The attempt is not the one that is or was last open."""


class OtherProviderError(DomainError):
    """Another provider may have the message."""


class NotDueError(DomainError):
    """The next attempt's time has not come."""
