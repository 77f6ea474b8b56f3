"""The programs of `make up`: one process each, in the order of starting; they stop in the reverse order."""

import shutil
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded import witness

from zi_chassis import provision
from zi_chassis.settings import GATEWAY, IDENTITY, LISTENERS, NATS, NATS_MONITOR, Settings

GATEWAY_UPSTREAMS = ("intake", "umkm", "certificates", "integrity", "notify", "audit", "mailbox", "witness")
OUTERMOST, SERVICES, STREAMS, BROKER = 40, 30, 20, 10


class MissingProgramError(Exception):
    """A server binary came with no package for this machine."""


@dataclass(frozen=True)
class Program:
    """`floor`: those with equal numbers start and stop together. `once`: it does one thing and ends."""

    name: str
    command: tuple[str, ...]
    floor: int
    ready: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    once: bool = False


def binary(name: str) -> str:
    """The server that came with its package into our own environment, else the machine's."""
    packaged = Path(sysconfig.get_path("scripts")) / name
    found = str(packaged) if packaged.exists() else shutil.which(name)
    if found is None:
        raise MissingProgramError(
            f"There is no {name} for this machine among the packages. Install it so that it is on the PATH."
        )
    return found


def programs(settings: Settings, *, identity: bool, mailbox: bool, backups: bool = False) -> list[Program]:
    chosen = [_broker(settings), _streams(settings), _witness(settings)]
    chosen += [
        _service(settings, "audit-writer", "zi_audit.writer.main"),
        _service(settings, "audit", "zi_audit.main"),
    ]
    chosen += [
        _service(settings, "intake", "zi_intake.main"),
        _service(settings, "umkm", "zi_umkm.main"),
        _service(settings, "certificates", "zi_certificates.main"),
        _service(settings, "integrity", "zi_integrity.main"),
        _service(settings, "notify", "zi_notify.main"),
    ]
    chosen += [_mailbox(settings)] if mailbox else []
    chosen += [_identity(settings)] if identity else []
    chosen += [_scheduler(settings)] if backups else []
    return [*chosen, _gateway(settings)]


def ports(settings: Settings, chosen: list[Program]) -> list[int]:
    """Every port that the chosen programs listen on."""
    names = {program.name for program in chosen}
    fixed = [GATEWAY, NATS, NATS_MONITOR] + ([IDENTITY] if "identity" in names else [])
    offsets = fixed + [offset for name, offset in LISTENERS.items() if name in names]
    return [settings.port + offset for offset in sorted(offsets)]


def _local(settings: Settings, offset: int, path: str) -> str:
    return f"http://127.0.0.1:{settings.port + offset}{path}"


def _broker(settings: Settings) -> Program:
    command = ("sh", str(provision.start_file(settings.data)), binary("nats-server"))
    return Program("nats", command, BROKER, _local(settings, NATS_MONITOR, "/healthz"))


def _streams(settings: Settings) -> Program:
    command = (sys.executable, "-m", "zi_chassis.provision", "streams")
    return Program("streams", command, STREAMS, environment=_seed(settings, "provisioner"), once=True)


def _service(settings: Settings, name: str, module: str) -> Program:
    ready = _local(settings, LISTENERS[name], f"/{name}/ready")
    return Program(name, (sys.executable, "-m", module), SERVICES, ready, _seed(settings, name))


def _seed(settings: Settings, name: str) -> dict[str, str]:
    return {"ZI_NATS_SEED": str(settings.data / "nats" / "keys" / f"{name}.nk")}


def _witness(settings: Settings) -> Program:
    command = (sys.executable, "-m", "zi_witness.main", "run", *witness.arguments(settings))
    return Program("witness", command, SERVICES, _local(settings, LISTENERS["witness"], f"{witness.PREFIX}/"))


def _mailbox(settings: Settings) -> Program:
    ready = _local(settings, LISTENERS["mailbox"], "/notify/mailbox")
    return Program("mailbox", (sys.executable, "-m", "zi_notify.mailbox"), SERVICES, ready)


def _identity(settings: Settings) -> Program:
    port = settings.port + IDENTITY
    command = (sys.executable, "-m", "deploy.demo.identity", "--port", str(port))
    ready = _local(settings, IDENTITY, "/.well-known/openid-configuration")
    return Program("identity", command, OUTERMOST, ready)


def _scheduler(settings: Settings) -> Program:
    """Makes the backups; without their key it lives and says so, and the house is ready all the same."""
    health = _local(settings, LISTENERS["backups"], "/backups/health")
    return Program("backups", (sys.executable, "-m", "zi_operations.cli", "schedule"), OUTERMOST, health)


def _gateway(settings: Settings) -> Program:
    upstreams = {
        f"ZI_{name.upper()}_UPSTREAM": f"127.0.0.1:{settings.port + LISTENERS[name]}"
        for name in GATEWAY_UPSTREAMS
    }
    environment = {"ZI_CADDY": str(settings.data / "caddy"), **upstreams}
    command = (binary("caddy"), "run", "--config", "deploy/caddy/Caddyfile", "--adapter", "caddyfile")
    return Program("gateway", command, OUTERMOST, _local(settings, GATEWAY, "/intake/health"), environment)
