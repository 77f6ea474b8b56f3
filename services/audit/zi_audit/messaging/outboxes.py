"""A client for the outboxes of the services, with the token of the official who asks for their state."""

import httpx
from pydantic import ValidationError

from zi_chassis import outgoing
from zi_chassis.domain import UnavailableError
from zi_chassis.settings import Settings
from zi_chassis.web.lanes import OutboxState

SECONDS = 3.0


class Outboxes:
    """By sender; `senders` are those that run in this house."""

    def __init__(self, settings: Settings) -> None:
        self._addresses = {
            "intake": settings.intake_url,
            "umkm": settings.umkm_url,
            "certificates": settings.certificates_url,
            "notify": settings.notify_url,
            "audit": settings.audit_url,
        }

    @property
    def senders(self) -> tuple[str, ...]:
        return tuple(self._addresses)

    async def state(self, sender: str, token: str) -> OutboxState:
        """Raises UnavailableError where the service does not answer."""
        address = f"{self._addresses[sender]}/{sender}/api/outbox"
        try:
            async with outgoing.client(SECONDS) as client:
                answer = await client.get(address, headers={"Authorization": f"Bearer {token}"})
            return OutboxState.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            raise UnavailableError(
                f"The outbox of {sender} can't be asked: {error.__class__.__name__}"
            ) from error
