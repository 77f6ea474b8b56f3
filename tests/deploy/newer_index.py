"""A package index on this machine that offers a release of every locked package which is newer than the lock."""

import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

NEWER = "9999"


def locked_names(*locks: str) -> set[str]:
    """Return the normalised names (PEP 503) of all packages that these lock texts pin."""
    return {
        name.lower() for lock in locks for name in re.findall(r"^([A-Za-z0-9][\w.-]*)==", lock, re.MULTILINE)
    }


@contextmanager
def newer_index(names: set[str]) -> Iterator[str]:
    """Serve the index until the block ends; gives its address (PEP 503, one release of each name)."""

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, _, file = self.path.removeprefix("/simple/").partition("/")
            if name not in names:
                self.send_error(404)
                return
            wheel = f"{name.replace('-', '_').replace('.', '_')}-{NEWER}-py3-none-any.whl"
            content = _wheel(name, wheel) if file else f'<a href="{wheel}">{wheel}</a>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/zip" if file else "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        server.server_close()


def _wheel(name: str, file: str) -> bytes:
    folder, buffer = "-".join(file.split("-")[:2]) + ".dist-info", BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {NEWER}\n")
        archive.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{folder}/RECORD", "")
    return buffer.getvalue()
