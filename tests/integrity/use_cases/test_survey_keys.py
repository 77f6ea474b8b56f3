from pathlib import Path
from uuid import uuid4

from zi_chassis.settings import Settings
from zi_integrity.use_cases.survey_keys import SigningKeys


async def test_a_key_that_another_process_destroyed_is_known_to_nobody(tmp_path: Path) -> None:
    settings, key = Settings(service="integrity", data=tmp_path), uuid4()
    first, second = SigningKeys(settings, 1024), SigningKeys(settings, 1024)
    made = await first.make(key)
    found = await second.find(key)
    assert found is not None
    assert found.encoded == made.encoded
    first.destroy(key)
    assert await second.find(key) is None
    assert key not in second._known
