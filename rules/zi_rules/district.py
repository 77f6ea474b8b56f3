"""The districts that the office serves, in the order in which people are shown them."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Text
from zi_rules.version import Editions

DISTRICTS = "districts"


class District(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: Text


class Districts(Configured):
    districts: tuple[District, ...] = Field(alias="district")


def load_districts(office_folder: Path | None = None) -> Editions[Districts]:
    return Editions(Districts, DISTRICTS, [read_file(DISTRICTS, "districts.toml", office_folder)])
