"""The office by name and address, with its clock, its logo, and how a person reaches a human there. One version of a file of its own."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from zi_rules.configuration import Configuration, Configured, UnusableConfigurationError, name, read
from zi_rules.data_files import OFFICE_FILE, is_stated, place_of, read_table
from zi_rules.provenance import Text

OFFICE = "office"
LARGEST_LOGO = 10_240
SVG = "{http://www.w3.org/2000/svg}"
# A picture that asks for something else, or does something, is no logo.
ACTIVE = frozenset({"script", "foreignObject", "image", "use", "a", "animate", "set", "style", "text"})


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("write it on one line, with signs that a reader sees")
    return text


OfficeLine = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
OfficePhone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{2,24}$")]
OfficeLink = Annotated[str, StringConstraints(max_length=300, pattern=r"^https://[^\s<>\"']+$")]
OfficeMail = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"),
]


class OfficeContact(BaseModel):
    """Ways for a person to reach a human. What is unknown is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: Text | None = None
    phone: OfficePhone | None = None
    whatsapp: OfficePhone | None = None
    mail: OfficeMail | None = None
    map: OfficeLink | None = None
    halobpom: OfficePhone | None = None
    lapor: OfficeLink | None = None


class OfficeData(Configured):
    """`code` stands in every message. `logo_digest` binds the picture, which is a file beside this one."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    name: OfficeLine
    address: OfficeLine
    timezone: ZoneInfo
    mail_from: OfficeMail
    logo: OfficeLine | None = None
    logo_digest: str | None = None
    contact: OfficeContact = OfficeContact()


class OfficeEdition(BaseModel):
    """The data of the office with the configuration that pins them, and its logo (SVG) if it has one. `is_own` tells that a folder says
    who the office is; otherwise it is the demo's."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    data: OfficeData
    configuration: Configuration
    logo: bytes | None
    is_own: bool


def load_office(office_folder: Path | None = None) -> OfficeEdition:
    """Raises UnusableConfigurationError."""
    path = place_of(OFFICE_FILE, office_folder)
    table = read_table(path)
    if "logo_digest" in table:
        raise UnusableConfigurationError(f"{path} can't be used. logo_digest: leave it out, it is computed")
    logo = _logo(path, table)
    if logo is not None:
        table["logo_digest"] = sha256(logo).hexdigest()
    configuration = name(OFFICE, table, str(path), path.stem)
    return OfficeEdition(
        data=read(OfficeData, configuration),
        configuration=configuration,
        logo=logo,
        is_own=is_stated(OFFICE_FILE, office_folder),
    )


def _logo(path: Path, table: dict[str, Any]) -> bytes | None:
    file = table.get("logo")
    if file is None:
        return None
    if not isinstance(file, str) or Path(file).name != file or not (path.parent / file).is_file():
        raise UnusableConfigurationError(f"{path} can't be used. logo: there is no file {file} beside it")
    picture = (path.parent / file).read_bytes()
    reason = _reason_against(picture)
    if reason is not None:
        raise UnusableConfigurationError(f"{path.parent / file} can't be used as a logo. {reason}")
    return picture


def _reason_against(picture: bytes) -> str | None:
    if len(picture) > LARGEST_LOGO:
        return f"It has {len(picture)} bytes, more than {LARGEST_LOGO}"
    if b"<!" in picture.replace(b"<!--", b""):
        return "It declares a document type"
    try:
        root = ElementTree.fromstring(picture)  # noqa: S314 - the office's own file, and it declares no entities
    except ElementTree.ParseError as error:
        return f"It is no SVG: {error}"
    if root.tag != f"{SVG}svg":
        return "It is no SVG"
    for element in root.iter():
        active = [key for key in element.attrib if key.startswith("on") or key.endswith("href")]
        if str(element.tag).removeprefix(SVG) in ACTIVE or active:
            return f"It holds {str(element.tag).removeprefix(SVG)}, and a logo is lines and colours alone"
    return None
