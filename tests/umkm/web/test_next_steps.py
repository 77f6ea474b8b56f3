"""The next step of a business, whatever becomes of its permit: the same on its own page, at the desk and in the API."""

from collections.abc import Awaitable, Callable
from html import unescape
from typing import get_args

import pytest
from tests.umkm.calling import Calling
from tests.umkm.domain.test_permit_terms import decided
from tests.umkm.inside import Inside

from zi_umkm.domain.next_step import NextStep
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.web.next_steps import RULE_STEPS, TEXTS

REVOKED_FOR = "production_moved"
PERMIT_STAGES = ("applied", "permitted", "announced", "contested", "revoked", "applied_again", "returned")
STEPS = ("await_permit", "send", "send", "send", "permit_ended", "await_permit", "permit_ended")
BEGINNINGS = {
    "await_permit": {"en": "Wait for the office's evaluation", "id": "Tunggu evaluasi Balai"},
    "send": {"en": "Register the product at", "id": "Daftarkan produk di"},
    "permit_ended": {"en": "Your permit does not hold any more", "id": "Izin Anda tidak berlaku lagi"},
}


def stages(inside: Inside, request: MentoringRequest) -> dict[str, Callable[[], Awaitable[object]]]:
    permits, by = inside.office.permits, inside.business(request)
    officer, head = inside.staff("officer-budi", "officer"), inside.staff("head-gita", "head")
    other, evaluator = inside.staff("head-hana", "head"), inside.staff("evaluator-citra", "evaluator")

    async def permitted() -> None:
        await permits.verify_account(request, officer, None)
        await permits.find_fit(request, evaluator, None)
        await inside.signed(request)

    async def announced() -> None:
        await permits.propose_revocation(request, officer, None, REVOKED_FOR, "Pindah")
        await permits.announce_revocation(request, head, None, "Sudah dilihat")

    return {
        "permitted": permitted,
        "announced": announced,
        "contested": lambda: permits.contest(request, by, None, "Tidak pindah"),
        "revoked": lambda: permits.confirm_revocation(request, other, None, "Tetap dicabut"),
        "applied_again": lambda: permits.apply(request, by, None),
        "returned": lambda: permits.return_(request, officer, None, "Belum lengkap"),
    }


@pytest.mark.parametrize("language", ["en", "id"])
async def test_whoever_reads_is_told_the_same_next_step_whatever_becomes_of_the_permit(
    calling: Calling, language: str
) -> None:
    inside, visiting = calling.inside, calling.visiting
    inside.office.rules.permits.editions._in_files = decided().editions._in_files
    request = await inside.applied()
    later, in_language = stages(inside, request), {"Accept-Language": language}
    case, here = f"/cases/{request.ticket}", f"cases/{request.ticket}"
    officer = calling.person("officer-budi", "officer") | in_language
    for stage, step in zip(PERMIT_STAGES, STEPS, strict=True):
        if stage in later:
            await later[stage]()
        owners_answer = await calling.read(request, **in_language)
        desk_answer = (await calling.get(case, officer)).json()
        pages = [
            await visiting.owner(request).get(f"/umkm/{here}", **in_language),
            await visiting.person("officer-budi", "officer").get(f"/umkm/desk/{here}", **in_language),
        ]
        assert [owners_answer["next"]["step"], desk_answer["next"]["step"]] == [step, step], stage
        text = owners_answer["next"]["text"]
        assert text.startswith(BEGINNINGS[step][language]), stage
        assert desk_answer["next"]["text"] == text, stage
        own_page, desk_page = (unescape(page.text) for page in pages)
        assert text in desk_page, stage
        assert [each for each in text.rstrip(".").split(". ") if each not in own_page] == [], stage
        assert step != "permit_ended" or owners_answer["next"]["cost"] is None, stage


def test_every_step_has_a_sentence() -> None:
    assert set(RULE_STEPS) | set(TEXTS) == set(get_args(NextStep))
