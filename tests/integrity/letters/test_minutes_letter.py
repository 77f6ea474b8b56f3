"""The minutes of a forum as a sealed file that anybody verifies without this office."""

import asyncio
import json
from pathlib import Path
from uuid import uuid4

from tests.integrity.domain.test_conflict import DAY, MONDAY
from tests.integrity.forum_office import FIRST, TERMS
from tests.integrity.officials import head, team
from tests.integrity.sealed_office import SealedOffice, sealed_office
from tests.integrity.use_cases.test_minutes import DUE
from tests.verify.sample_log import POLICY

from zi_integrity.use_cases.minutes_writing import PointText
from zi_tlog.letter import CONTENT, attached
from zi_verify.certificate import check_certificate
from zi_verify.letter_file import open_letter
from zi_verify.letter_signature import TrustedAuthorities
from zi_verify.verdict import Matching

NUMBER = "BA-2026-000001"


async def signed(house: SealedOffice) -> str:
    """Hold a forum and return the digest that was signed for."""
    office, key = house.office, uuid4()
    house.clock.at = MONDAY
    await office.forum_planning.plan(team(at=MONDAY), key, TERMS)
    await office.forum_planning.open(team(at=MONDAY), FIRST)
    batch = await office.participation.print_codes(team(at=MONDAY), uuid4(), FIRST, "users", "attendance", 2)
    house.clock.at = now = MONDAY + 8 * DAY
    for code in batch.codes:
        await office.forum_attendance.sign(FIRST, code, now)
    text = PointText("Jam layanan\nhari Sabtu", "Buka pada hari Sabtu.", "supervisor", DUE)
    await office.minutes_writing.record_point(FIRST, team(at=now), uuid4(), text)
    await office.minutes_writing.record_dissent(
        FIRST, team(at=now), uuid4(), 1, "media", "Sabtu tidak cukup."
    )
    await office.minutes_writing.take_attendance(FIRST, team(at=now))
    written = await office.minutes_writing.read(FIRST)
    edition, digest = written.state.edition, written.text.digest
    await office.minutes_signing.sign_as_head(FIRST, head(at=now), "Ratna Contoh", edition, digest)
    for code in batch.codes:
        await office.minutes_signing.sign_as_public(FIRST, code, now, edition, digest)
    return digest


async def test_the_sealed_minutes_verify_offline_and_show_every_dissent(tmp_path: Path) -> None:
    async with sealed_office(tmp_path) as house:
        digest = await signed(house)
        assert await house.rounds() == 1
        file, authority = house.file(NUMBER), house.office.office_letters.keys.authority
    report = await asyncio.to_thread(check_certificate, file, POLICY, authority)
    assert (report.number, report.verdict) == (NUMBER, Matching())
    letter = await asyncio.to_thread(open_letter, file, TrustedAuthorities(None, None))
    content = json.loads(attached(letter.attachments)[CONTENT])
    [section] = content["sections"]
    assert "Tidak setuju / Dissent (Media / Media): Sabtu tidak cukup." in section["text"]["id"]
    assert digest in [fact["value"] for fact in content["facts"]]
    assert content["signer"]["name"] == "Ratna Contoh"
    assert [each["position"] for each in content["signers"]] == ["Wakil masyarakat / For the public"] * 2
