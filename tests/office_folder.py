"""The folder of an office, made from the demo's as a person would make it."""

import re
from pathlib import Path
from shutil import copytree

DEMO = Path(__file__).parents[1] / "rules" / "zi_rules" / "data" / "demo" / "office"


def office_folder(folder: Path, **fields: str) -> Path:
    """Copy the demo's folder and set fields of office.toml; a folder that is there already stays."""
    if not (folder / "office.toml").exists():
        copytree(DEMO, folder, dirs_exist_ok=True)
        text = (folder / "office.toml").read_text()
        for field, value in fields.items():
            text, found = re.subn(rf'^{field} = "[^"]*"', f'{field} = "{value}"', text, flags=re.MULTILINE)
            assert found == 1, field
        (folder / "office.toml").write_text(text)
        for standard in (folder / "standards").glob("*.toml"):
            written = standard.read_text().replace(
                "Balai POM di Tarakan", fields.get("name", "Balai POM di Tarakan")
            )
            standard.write_text(written)
    return folder
