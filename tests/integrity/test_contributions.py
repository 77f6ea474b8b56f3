"""A hundred people contribute to the zone in seven ways: what they wrote is in the vault and nowhere else. `make soak` lets a thousand."""

from base64 import b64encode
from gzip import compress
from pathlib import Path

from tests.integrity.contributions import found_in, searched, vocabulary

CONTRIBUTIONS = 100


async def test_what_people_wrote_is_in_the_vault_alone(tmp_path: Path) -> None:
    counts, found = await searched(tmp_path, CONTRIBUTIONS)
    assert found == {}
    assert counts["words"] == counts["words_in_the_vault"] > CONTRIBUTIONS
    assert counts["messages"] > CONTRIBUTIONS


def test_the_search_finds_what_is_written_in_another_way() -> None:
    words = vocabulary({"Jalan Brazimwexfyn"})
    [word] = words
    for written in (
        b"JALAN BRAZIMWEXFYN",
        b64encode(b".jalan " + word),
        (b"jalan " + word).hex().encode(),
        compress(b"a" + word),
    ):
        assert found_in(b"; " + written + b" ;", words) == words
    assert found_in(b"jalan", words) == set()
