"""The districts that the office serves, in the order in which people are shown them."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from zi_rules.data_files import read_table
from zi_rules.provenance import Text


class District(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: Text


def load_districts(office_folder: Path | None = None) -> tuple[District, ...]:
    return TypeAdapter(tuple[District, ...]).validate_python(
        read_table("districts.toml", office_folder)["district"]
    )
