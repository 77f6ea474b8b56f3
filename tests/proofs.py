"""The header by which whoever holds a sender's key proves a message, also one that the sender never sent."""

from pathlib import Path

import orjson

from zi_chassis.bus.sender_proof import HEADER, SenderKey
from zi_chassis.storage.recorded import digest


def proof(seed: Path, content: bytes, source: str = "") -> dict[str, str]:
    """In the name of `source`, by default of the one that the message names."""
    fields, key = orjson.loads(content), SenderKey(seed.read_bytes())
    return {HEADER: key.sign(source or fields["source"], fields["position"], digest(content))}
