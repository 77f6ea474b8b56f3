"""The text of a notice to a browser, from a versioned template. Others see the screen, so it says that there is news, and neither in which case
nor what.
"""

import json
from functools import cache
from pathlib import Path

from zi_notify.domain.delivery import DeliveryRequested
from zi_notify.texts.template_versions import content_in, templates_in
from zi_rules.configuration import Configuration
from zi_rules.version import ContentLookup, no_content

WEB_PUSH_TEMPLATES, VERSION = "web_push_templates", 1
TEMPLATES = Path(__file__).parents[1] / "templates_web_push"


@cache
def web_push_templates() -> Configuration:
    return templates_in(TEMPLATES, WEB_PUSH_TEMPLATES, "web_push", VERSION, "languages")


class WebPushTexts:
    """The texts in the version that each delivery was requested with."""

    def __init__(self, office: str, content_of: ContentLookup = no_content) -> None:
        self._office, self._content_of = office, content_of

    def content(self, request: DeliveryRequested, topic: str) -> bytes:
        """Return what the worker in the browser reads. `topic` is also the tag: a notice takes the place of the one before it."""
        written = content_in(web_push_templates(), request.template_version, self._content_of)
        wording = json.loads(written)["languages"][request.language]
        document = {name: text.format(office=self._office) for name, text in wording.items()}
        document |= {"lang": request.language, "tag": topic}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
