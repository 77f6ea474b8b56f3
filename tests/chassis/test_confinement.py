from pathlib import Path

import pytest
from starlette.testclient import TestClient

from zi_chassis.process import confinement
from zi_chassis.process.confinement import FilesClosedError, open_file
from zi_chassis.service import Service
from zi_chassis.settings import Settings
from zi_sandbox.limits import Limits

WEAK = "this system has no filter of system calls, or refuses it"
CHILD = "from zi_sandbox.child import serve; serve(lambda _: lambda data: data[::-1])"
LIMITS = Limits(memory=500_000_000, cpu=5, wall=20, answer=100)


@pytest.fixture
def services(tmp_path: Path) -> dict[bool, Service]:
    made = {
        is_demo: Service(Settings(service="intake", data=tmp_path / str(is_demo), demo=is_demo))
        for is_demo in (False, True)
    }
    for service in made.values():
        service.open(lambda service=service: confinement.confinement(service))  # type: ignore[misc]
    return made


def readiness(service: Service) -> tuple[str, bool]:
    with TestClient(service.app) as client:
        health = client.get("/intake/health").json()
        return health["sandbox"], client.get("/intake/ready").status_code == 200


def test_health_says_that_files_are_opened_in_confinement(services: dict[bool, Service]) -> None:
    assert readiness(services[False]) == ("confined", True)
    assert readiness(services[True]) == ("confined", True)


def test_where_nothing_confines_only_a_demo_is_ready_and_says_so(
    services: dict[bool, Service], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(confinement, "weakness", lambda: WEAK)
    assert readiness(services[False]) == (WEAK, False)
    assert caplog.records[-1].levelname == "ERROR"
    assert readiness(services[True]) == (WEAK, True)
    assert caplog.records[-1].levelname == "WARNING"


def test_a_file_is_opened_in_confinement_or_not_at_all() -> None:
    assert open_file(("-c", CHILD), b"abc", LIMITS, must_confine=True) == b"cba"
    weak = ("-c", f"import platform; platform.machine = lambda: 'abacus'; {CHILD}")
    with pytest.raises(FilesClosedError, match="not opened and not kept"):
        open_file(weak, b"abc", LIMITS, must_confine=True)
    assert open_file(weak, b"abc", LIMITS, must_confine=False) == b"cba"
