"""The process in which a letter's page is made again from its files: it has no root to read from, no packages, no network, little memory and
little time. The answer is `+` and the PDF, or `-` and what the typesetter says."""

import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from zi_sandbox.child import serve
from zi_tlog.letter import STANDARD


def _load(data: bytes) -> Callable[[bytes], bytes]:
    import typst

    job: dict[str, Any] = json.loads(data)
    sources: Any = {name: b64decode(content) for name, content in job["files"].items()}
    nothing = job["nothing"]
    # Made before the process is confined, as it looks for its root; nothing of the template is run yet.
    compiler = typst.Compiler(
        sources,
        root=nothing,
        ignore_system_fonts=True,
        package_path=nothing,
        package_cache_path=nothing,
    )

    def page(_: bytes) -> bytes:
        try:
            made: Any = compiler.compile(format="pdf", pdf_standards=STANDARD)
        except typst.TypstError as error:
            return b"-" + str(error).encode()
        return b"+" + bytes(made)

    return page


if __name__ == "__main__":
    serve(_load)
