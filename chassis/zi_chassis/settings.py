"""The settings of an operator, read once from the environment (prefix ZI_); nothing else reads it."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from zi_chassis.bucket import SCHEME, BucketAddress
from zi_chassis.clock import Clock
from zi_chassis.domain_error import DomainError
from zi_chassis.secret_file import make_folder, write_secret
from zi_chassis.setting_forms import LAST_PORT, BusAddress, HostAndPort, Origin, WebAddress
from zi_chassis.unusable_setting import PREFIX, OperatorSettings, UnusableSettingError
from zi_rules.configuration import UnusableConfigurationError
from zi_rules.data_files import OFFICE_FILE
from zi_rules.office import OfficeData, OfficeEdition, load_office

# Offsets from ZI_PORT of what listens in the embedded run.
GATEWAY, IDENTITY, NATS, NATS_MONITOR, INTAKE, NOTIFY, AUDIT, AUDIT_WRITER, MAILBOX_SMTP, MAILBOX = range(10)
WITNESS, CERTIFICATES, UMKM, INTEGRITY, BACKUPS = 10, 11, 12, 13, 14
LISTENERS = {
    "intake": INTAKE,
    "notify": NOTIFY,
    "audit": AUDIT,
    "audit-writer": AUDIT_WRITER,
    "mailbox": MAILBOX,
    "witness": WITNESS,
    "backups": BACKUPS,
    "certificates": CERTIFICATES,
    "umkm": UMKM,
    "integrity": INTEGRITY,
}


UNUSABLE = UnusableSettingError, UnusableConfigurationError


class ShiftedClockError(UnusableSettingError):
    """A shifted clock was asked for where real records are or could be."""


class NoRulesError(UnusableSettingError):
    """The shipped rules never stand in for those of an office that could not be found."""


class NoOfficeError(UnusableSettingError):
    """Nobody has said whose house it is, or two have said it differently."""


class DemoInEarnestError(DomainError):
    """A demo where real people could come, or its payments where there is no demo."""


class _Environment(PydanticBaseSettingsSource):
    """Variables by their names alone, each as its text: a setting that is more than a text reads its own."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        return os.environ.get(f"{PREFIX}{field_name}".upper()) or None, field_name, False

    def __call__(self) -> dict[str, str]:
        stated = {name.lower(): text for name, text in os.environ.items() if text}
        names = ((name, f"{PREFIX}{name}".lower()) for name in self.settings_cls.model_fields)
        return {name: stated[variable] for name, variable in names if variable in stated}


class Settings(OperatorSettings):
    """Settings of one process. Addresses left empty follow from `port` as in the embedded run."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    service: str
    office: str = ""
    data: Path = Path("./var")
    port: int = Field(default=8080, ge=1, le=LAST_PORT - BACKUPS)
    listen: HostAndPort = ""
    demo: bool = False
    public_url: Origin = ""
    log_origin: str = ""
    database: str = ""
    keys_database: str = ""
    index_database: str = ""
    tiles: str = ""
    witnesses: Path | None = None
    nats_url: BusAddress = ""
    nats_seed: Path | None = None
    issuer: WebAddress = ""
    discovery_url: WebAddress = ""
    jwks_url: WebAddress = ""
    client_id: str = "zi"
    client_secret: str = ""
    bearer: str = "id_token"
    intake_url: WebAddress = ""
    audit_url: WebAddress = ""
    certificates_url: WebAddress = ""
    umkm_url: WebAddress = ""
    integrity_url: WebAddress = ""
    notify_url: WebAddress = ""
    backups_url: WebAddress = ""
    billing: Literal["", "simulator", "gateway"] = ""
    billing_url: WebAddress = ""
    seal_key: Path | None = None
    seal_certificate: Path | None = None
    private_webhooks: bool = False
    timestamp_url: WebAddress = ""
    timestamp_authority: Path | None = None
    signing_url: WebAddress = ""
    signing_user: str = ""
    signing_password: str = Field(default="", repr=False)
    signing_authority: Path | None = None
    signing_officials: Path | None = None
    smtp: HostAndPort = ""
    smtp_user: str = ""
    smtp_password: str = ""
    gateway_urls: dict[str, str] = Field(default={}, repr=False)
    gateway_secrets: Path | None = None
    mail_from: str = ""
    security_contact: str = ""
    mail_domain: str = ""
    clock_shift: int = 0
    group_commit: bool = True
    open_entries: bool = False
    person_references: bool = False
    openings_an_hour: int = Field(default=600, ge=1)
    mails_a_day: int = Field(default=60, ge=1)
    first_mails_a_day: int = Field(default=500, ge=1)
    filings_a_day: int = Field(default=200, ge=1)
    mail_filings_a_day: int = Field(default=50, ge=1)
    upload_mb_a_day: int = Field(default=200, ge=1)
    case_mb_untaken: int = Field(default=10, ge=1)
    case_mb: int = Field(default=50, ge=1)
    passed_on_case_mb: int = Field(default=300, ge=1)
    free_disk_mb: int = Field(default=1024, ge=0)
    files: str = ""
    rules: Path | None = None
    trusted_proxies: str = ""
    otlp_endpoint: WebAddress = ""
    promise_hours: int = Field(default=72, ge=1, le=720)
    _office_edition: OfficeEdition = PrivateAttr()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,
        **more: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Environment(settings_cls)

    @model_validator(mode="wrap")
    @classmethod
    def _with_addresses(
        cls, environment: dict[str, object], handler: ModelWrapValidatorHandler[Self]
    ) -> Self:
        text = str(environment.get("port") or "")
        port = int(text) if text.isdecimal() and 0 < int(text) <= LAST_PORT - BACKUPS else 8080
        local = f"http://127.0.0.1:{port + IDENTITY}"
        service = str(environment.get("service", ""))
        stated = _office_of(environment)
        office = environment.get("office") or stated.data.code
        _refuse_two_names(str(office), stated)
        default_sender = stated.data.mail_from if office == stated.data.code else f"layanan@{office}.example"
        mail_from = str(environment.get("mail_from") or default_sender)
        default: dict[str, object] = {
            "listen": f"127.0.0.1:{port + LISTENERS.get(service, GATEWAY)}",
            "public_url": f"http://localhost:{port}",
            "office": office,
            "log_origin": f"zona.example/{office}",
            "nats_url": f"nats://127.0.0.1:{port + NATS}",
            "issuer": local,
            "client_secret": "" if environment.get("issuer") else "demo",
            "discovery_url": f"{environment.get('issuer') or local}/.well-known/openid-configuration",
            "intake_url": f"http://127.0.0.1:{port + INTAKE}",
            "audit_url": f"http://127.0.0.1:{port + AUDIT}",
            "certificates_url": f"http://127.0.0.1:{port + CERTIFICATES}",
            "umkm_url": f"http://127.0.0.1:{port + UMKM}",
            "integrity_url": f"http://127.0.0.1:{port + INTEGRITY}",
            "notify_url": f"http://127.0.0.1:{port + NOTIFY}",
            "backups_url": f"http://127.0.0.1:{port + BACKUPS}",
            "smtp": f"127.0.0.1:{port + MAILBOX_SMTP}",
            "mail_from": mail_from,
            "mail_domain": mail_from.rpartition("@")[2].rstrip(">"),
        }
        missing = {name: value for name, value in default.items() if not environment.get(name)}
        settings = handler({**environment, **missing})
        settings._office_edition = stated
        return settings

    @field_validator("tiles")
    @classmethod
    def _refuse_no_bucket(cls, tiles: str) -> str:
        """Refuse the address of a bucket that is none, before anything is written."""
        if tiles.startswith(SCHEME):
            BucketAddress.parse(tiles)
        return tiles

    @field_validator("gateway_urls", mode="before")
    @classmethod
    def _read_gateway_urls(cls, value: object) -> object:
        """Read the JSON of the environment."""
        if not isinstance(value, str):
            return value
        try:
            addresses = json.loads(value)
        except ValueError:
            addresses = None
        if not isinstance(addresses, dict) or not all(isinstance(url, str) for url in addresses.values()):
            raise ValueError(
                'ZI_GATEWAY_URLS is no JSON object of addresses by name, as {"contoh-satu": "https://gateway.example"}'
            )
        return addresses

    @field_validator("files")
    @classmethod
    def _refuse_other_than_a_bucket(cls, value: str) -> str:
        if value:
            BucketAddress.parse(value)
        return value

    @model_validator(mode="after")
    def _origin_tells_a_shifted_clock(self) -> Self:
        if self.clock_shift and not self.log_origin.endswith("/demo"):
            object.__setattr__(self, "log_origin", f"{self.log_origin}/demo")
        return self

    @model_validator(mode="after")
    def _a_demo_pays_in_play(self) -> Self:
        if self.demo and not self.billing:
            object.__setattr__(self, "billing", "simulator")
        return self

    @model_validator(mode="after")
    def _a_gateway_has_an_address(self) -> Self:
        if (self.billing == "gateway") != bool(self.billing_url):
            raise ValueError("ZI_BILLING=gateway and ZI_BILLING_URL are set together, or neither")
        return self

    @property
    def warning(self) -> str | None:
        """A setting that the operator probably forgot; the house runs all the same."""
        if self.public_url.startswith("https://") and not self.trusted_proxies:
            return (
                "ZI_PUBLIC_URL is https, so a proxy stands in front of the gateway, and ZI_TRUSTED_PROXIES is empty: everybody "
                "counts as one client, and one stranger's wrong codes slow all others down. Set it to the proxy's addresses."
            )
        return None

    def refuse_demo_in_earnest(self) -> None:
        """Raises DemoInEarnestError where a demo, in which anybody signs in as anyone and pays in play, could be taken for real."""
        if self.demo and "https" in (urlsplit(self.public_url).scheme, urlsplit(self.issuer).scheme):
            raise DemoInEarnestError(
                "ZI_DEMO=1 and an https address: a demo is never published. Set ZI_DEMO=0, or leave ZI_PUBLIC_URL and ZI_ISSUER out."
            )
        if self.demo and not self._is_demo_issuer:
            raise DemoInEarnestError(
                "ZI_DEMO=1 and ZI_ISSUER names another identity provider than the demo's. Set ZI_DEMO=0, or leave ZI_ISSUER out."
            )
        if self.billing == "simulator" and not self.demo:
            raise DemoInEarnestError(
                "ZI_BILLING=simulator pays in play, and this is no demo. Leave ZI_BILLING out, or set ZI_DEMO=1."
            )

    @property
    def _is_demo_issuer(self) -> bool:
        # The demo's provider stands beside the gateway and has no path; a real one at the same host has one, as Keycloak's realm.
        issuer = urlsplit(self.issuer)
        beside = {"localhost", "127.0.0.1", "::1", urlsplit(self.public_url).hostname}
        return issuer.path in ("", "/") and issuer.hostname in beside

    def clock(self) -> Clock:
        """Return the time of the house; only a demo that was started with a shifted clock can move it further while it runs."""
        is_moved = self.demo and self.clock_shift
        return Clock(self.clock_shift, self.data / "clock" if is_moved else None)

    @cached_property
    def folder(self) -> Path:
        """The process's own data folder, readable by its user alone."""
        folder = self.data / self.service
        if self.clock_shift and (not self.demo or (folder.exists() and not (folder / "shifted").exists())):
            raise ShiftedClockError("A shifted clock starts only with ZI_DEMO=1 and on an empty data folder.")
        make_folder(folder, 0o700)
        if self.clock_shift:
            (folder / "shifted").touch()
        return folder

    @property
    def office_edition(self) -> OfficeEdition:
        """The office by its own folder; in a demo without one the demo's office. Raises NoRulesError."""
        self._refuse_no_rules()
        return self._office_edition

    @property
    def office_data(self) -> OfficeData:
        return self.office_edition.data

    @property
    def office_name(self) -> str:
        return self.office_data.name

    @property
    def office_address(self) -> str:
        return self.office_data.address

    def refuse_no_office(self) -> None:
        """Raises NoOfficeError for a house in earnest of which nobody has said whose it is."""
        if not self.demo and not self.office_edition.is_own:
            raise NoOfficeError(
                f"{self.rules_folder / OFFICE_FILE} is missing, so nobody knows whose house this is. docs/office.md makes it in a few steps;"
                " only a demo, ZI_DEMO=1, has an office without it."
            )

    @property
    def rules_folder(self) -> Path:
        """The folder of the office's own rules, if it has some. Raises NoRulesError."""
        self._refuse_no_rules()
        return self.rules or self.data / "rules"

    def _refuse_no_rules(self) -> None:
        """Raise NoRulesError for a folder that was named and is not there."""
        if self.rules is not None and not self.rules.is_dir():
            raise NoRulesError(f"ZI_RULES names {self.rules}, and there is no such folder: mend one of them.")

    def secret(self, name: str) -> bytes:
        """32 random bytes kept under `name`, made at first use and on disk before they are returned."""
        return self.stored_secret(name, lambda: secrets.token_bytes(32))

    def stored_secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """As `secret`, but what `make` gives."""
        path = self.folder / "secrets" / name
        if not path.exists():
            with suppress(FileExistsError):  # of processes that start together all work with the first one's
                write_secret(path, make())
        return path.read_bytes()


def _office_of(environment: Mapping[str, object]) -> OfficeEdition:
    """A folder that was named and is not there is missed later, by whoever needs it. Raises NoOfficeError."""
    named = environment.get("rules")
    try:
        return load_office(
            Path(str(named)) if named else Path(str(environment.get("data") or "var")) / "rules"
        )
    except UnusableConfigurationError as error:
        raise NoOfficeError(str(error)) from error


def _refuse_two_names(office: str, stated: OfficeEdition) -> None:
    if stated.is_own and office != stated.data.code:
        raise NoOfficeError(
            f"ZI_OFFICE is {office}, and in {stated.configuration.origin} code is {stated.data.code}: leave ZI_OFFICE out, or mend the file."
        )


def addresses(setting: str) -> list[str]:
    """Return the addresses of a setting that names several, as those of a cluster, with commas between."""
    return [each.strip() for each in setting.split(",") if each.strip()]
