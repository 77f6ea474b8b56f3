"""Sentences about a setting that can't be used: each names the setting, what it holds unless that is a secret, and what is expected."""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

PREFIX = "ZI_"
# As close as a name with one letter too many, missing, wrong, or in the wrong place.
CLOSE = 0.85
# Read by `zona`, or by the shell, compose and the gateway around the services: no other spelling of what a service reads.
READ_ELSEWHERE = frozenset(
    {
        "ZI_ARCHIVE",
        "ZI_ARCHIVE_DAYS",
        "ZI_ARCHIVE_FOLDER",
        "ZI_ARCHIVE_LOOK",
        "ZI_AUDIT_DATABASE",
        "ZI_AUDIT_WRITER_DATABASE",
        "ZI_AUDIT_WRITER_URL",
        "ZI_BACKUPS",
        "ZI_BACKUPS_LISTEN",
        "ZI_BACKUP_AT",
        "ZI_BACKUP_COPY",
        "ZI_BACKUP_FOLDER",
        "ZI_BACKUP_KEEP",
        "ZI_BIND",
        "ZI_BUCKET_ENDPOINT",
        "ZI_BUCKET_KEY_ID",
        "ZI_BUCKET_REGION",
        "ZI_BUCKET_SECRET",
        "ZI_CADDY",
        "ZI_CERTIFICATES_DATABASE",
        "ZI_DRILL_DAYS",
        "ZI_DRILL_POSTGRES",
        "ZI_GRAFANA_PORT",
        "ZI_IDENTITY_PORT",
        "ZI_INTAKE_DATABASE",
        "ZI_INTAKE_ERASURES",
        "ZI_INTAKE_KEYS_DATABASE",
        "ZI_INTEGRITY_DATABASE",
        "ZI_INTEGRITY_KEYS_DATABASE",
        "ZI_KEYCLOAK_REALM",
        "ZI_KEYCLOAK_URL",
        "ZI_NATS_MONITOR",
        "ZI_NATS_NAME",
        "ZI_NATS_PID",
        "ZI_NATS_REPLICAS",
        "ZI_NATS_ROUTES",
        "ZI_NOTIFY_DATABASE",
        "ZI_POSTGRES_HOSTS",
        "ZI_POSTGRES_NAME",
        "ZI_POSTGRES_OTHER",
        "ZI_UMKM_DATABASE",
        "ZI_UPSTREAMS",
    }
)
_SECRET = ("secret", "password", "database", "gateway_urls", "postgres")
_EXPECTED = {
    "int_parsing": "a whole number is expected",
    "bool_parsing": "1 or 0 is expected",
    "greater_than_equal": "at least {ge} is expected",
    "less_than_equal": "at most {le} is expected",
    "literal_error": "one of {expected} is expected",
    "time_parsing": "a time of day such as 02:15 is expected",
}


class UnusableSettingError(Exception):
    """A setting, or the file or folder that it names, can't be used; nothing starts with it."""


class OperatorSettings(BaseSettings):
    """Settings by the names of variables of the environment. Raises UnusableSettingError."""

    def __init__(self, **values: Any) -> None:
        _refuse_misspelt({field for each in OperatorSettings.__subclasses__() for field in each.model_fields})
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise UnusableSettingError(" ".join(_sentence(each) for each in error.errors())) from None


def read_named(path: Path, name: str) -> bytes:
    """Read the file that the setting `name` names. Raises UnusableSettingError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableSettingError(
            f"{PREFIX}{name} names {path}, which can't be read ({error.strerror}): name a file that this account may read."
        ) from error


def _refuse_misspelt(fields: set[str]) -> None:
    """Refuse a variable that nobody reads and that is nearly one of the settings: what it was to set would silently stay as it is."""
    known = {f"{PREFIX}{field}".upper() for field in fields} | READ_ELSEWHERE
    for name in os.environ:
        if not name.upper().startswith(PREFIX) or name.upper() in known:
            continue
        close = get_close_matches(name.upper(), sorted(known), n=1, cutoff=CLOSE)
        if close:
            raise UnusableSettingError(f"There is no setting {name}: {close[0]} is meant, or leave it out.")


def _sentence(error: ErrorDetails) -> str:
    context: Mapping[str, Any] = error.get("ctx", {})
    reason = str(context.get("error", "")) or _EXPECTED.get(error["type"], error["msg"]).format(**context)
    reason = reason.rstrip(".")
    if not error["loc"] or reason.startswith(PREFIX):
        return f"{reason}."
    field = str(error["loc"][0])
    return f"{PREFIX}{field.upper()} is {_value_text(field, error['input'])}: {reason}."


def _value_text(field: str, value: object) -> str:
    """Of an address with an account no part is shown, either: it may have a password."""
    is_secret = any(word in field for word in _SECRET) or ("://" in str(value) and "@" in str(value))
    return "set to what is not shown here" if is_secret else f"'{value}'"
