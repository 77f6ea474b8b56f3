"""The templates in all versions: also those with which a delivery was requested before an update."""

from zi_rules.configuration import Configuration
from zi_rules.version import ContentLookup, NoVersionError


def content_in(current: Configuration, version: int, content_of: ContentLookup) -> bytes:
    """Raises NoVersionError."""
    if version == current.version:
        return current.content
    content = content_of(current.kind, current.id, version)
    if content is None:
        kind = current.kind.replace("_", " ")
        raise NoVersionError(
            f"Bring the {kind} version {version} back: a message is to be written with them."
        )
    return content
