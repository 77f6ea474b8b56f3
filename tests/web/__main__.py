"""Write docs/routes.md anew: `python -m tests.web`."""

import asyncio
import tempfile
from pathlib import Path

from tests.web.doors import SERVICES, section
from tests.web.routes_page import HEAD, PAGE


async def page() -> str:
    told = []
    for service in SERVICES:
        with tempfile.TemporaryDirectory() as folder:
            told.append(await section(service, Path(folder)))
    return HEAD + "\n".join(told)


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page()), encoding="utf-8")
