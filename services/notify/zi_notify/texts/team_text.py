"""The message of a notice in the chat of a team: subject and text of the mail that says the same, and where the work is."""

from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.texts.letter import Letterhead, Templates, template_fields


def team_text(request: DeliveryRequested, templates: Templates, head: Letterhead, items: str) -> str:
    wording = templates.wording(request)
    fields = {**template_fields(request, head, {}), "items": items}
    written = (each.strip().format(**fields) for each in (wording.subject, wording.text))
    return "\n\n".join((*written, f"{head.where}desk/"))
