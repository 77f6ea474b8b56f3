"""Run what `make up` runs, with a PostgreSQL database for each service, as compose has it: `python -m tests.journeys.on_postgresql`.

ZI_TEST_DATABASES is the address of the server, with `{}` for the name of a database.
"""

import os
import runpy

from deploy.embedded import programs

DATABASES = (
    "intake",
    "keys",
    "umkm",
    "certificates",
    "integrity",
    "integrity_keys",
    "notify",
    "audit",
    "audit_writer",
)
KEYS = {"intake": "keys", "integrity": "integrity_keys"}
ADDRESS = "ZI_TEST_DATABASES"
_service = programs._service


def settings(service: str, address: str) -> dict[str, str]:
    """The settings by which a service, or a tool for it, finds its databases."""
    found = {"ZI_DATABASE": address.format(service.replace("-", "_"))}
    return found | {"ZI_KEYS_DATABASE": address.format(KEYS[service])} if service in KEYS else found


def _with_database(*arguments: object) -> programs.Program:
    program = _service(*arguments)  # type: ignore[arg-type]
    program.environment.update(settings(program.name, os.environ[ADDRESS]))
    return program


if __name__ == "__main__":
    programs._service = _with_database
    runpy.run_module("deploy.embedded", run_name="__main__", alter_sys=True)
