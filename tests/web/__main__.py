"""Write docs/routes.md anew: `python -m tests.web`."""

import asyncio
import tempfile
from pathlib import Path

from tests.web.doors import SERVICES, section
from tests.web.routes_page import HEAD, PAGE


async def page() -> str:
    sections = []
    for service in SERVICES:
        with tempfile.TemporaryDirectory() as folder:
            sections.append(await section(service, Path(folder)))
    return HEAD + "\n".join(sections)


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page()), encoding="utf-8")
