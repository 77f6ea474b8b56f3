"""Write operations/zi_operations/release.json anew from the programs: `python -m tests.deploy.release_file`."""

import importlib
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.architecture.test_released import RELEASED

from zi_chassis.settings import Settings
from zi_chassis.storage.store import Store
from zi_chassis.storage.written_fields import fields_of
from zi_operations.house import SERVICES, HouseSettings
from zi_operations.release import FILE, ProgramRelease, ServiceRelease

PATH = Path(__file__).parents[2] / "operations" / "zi_operations" / FILE


@cache
def release() -> ProgramRelease:
    settings = {*Settings.model_fields, *HouseSettings.model_fields} - {"service"}
    return ProgramRelease(
        version=version("zi-operations"),
        services={service: _of(service) for service in SERVICES},
        settings=tuple(sorted(f"ZI_{name.upper()}" for name in settings)),
        rules=dict(sorted(RELEASED.items())),
    )


def _of(service: str) -> ServiceRelease:
    with tempfile.TemporaryDirectory() as folder:
        store = _store_of(importlib.import_module(f"zi_{service}.main"), service, Path(folder))
        kinds = store.event_tables._kinds
        return ServiceRelease(
            read_models={
                each.name: each.version for each in sorted(store._projections, key=lambda each: each.name)
            },
            retired=tuple(sorted(store._retired)),
            fields={type: tuple(sorted(fields_of(kinds[type]))) for type in sorted(kinds)},
        )


def _store_of(module: Any, service: str, data: Path) -> Store:
    """Build the whole application, which opens nothing yet."""
    state = module.create_app(Settings(service=service, data=data, demo=True)).state
    store: Store = state.office.store if hasattr(state, "office") else state.store
    store.database.close()
    return store


if __name__ == "__main__":
    PATH.write_text(release().content, encoding="utf-8")
