"""What becomes of applications when the office's rules, tariffs or templates are replaced, honestly or not."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.calling import STATEMENT, Calling
from tests.certificates.inside import DEMO_RULES, opened, sample_item
from tests.certificates.test_further_bills import asked_for_data
from tests.certificates.test_ways_round import ask_data
from tests.certificates.visiting import Visiting
from tests.rules.office_files import NEXT_RULES, office_with
from tests.web import browsing

from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.messaging.published import applications
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.use_cases import rulebook
from zi_chassis.storage.configuration import ConfigurationChangedError
from zi_contracts.certificates import PinnedRules
from zi_contracts.message import Message
from zi_rules.configuration import UnusableConfigurationError

RULES, TARIFFS = "certificates/rancangan.toml", "certificate_tariffs.toml"
SLOWER = (
    'period = { amount = 6, unit = "working_hours" }',
    'period = { amount = 60, unit = "working_hours" }',
)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The office's own folder of rules."""
    return Path(shutil.copytree(DEMO_RULES, tmp_path / "office"))


@asynccontextmanager
async def started(
    folder: Path, office: Path, positions: dict[str, int] | None = None
) -> AsyncIterator[Visiting]:
    async with browsing.visited(opened(folder, rules=office), folder) as visiting:
        visiting.inside.positions |= positions or {}
        yield visiting


def dearer(office: Path) -> None:
    text = (office / TARIFFS).read_text("utf-8")
    (office / TARIFFS).write_text(
        text.replace("version = 1", "version = 2").replace("50_000", "70_000"), "utf-8"
    )


def following(office: Path, day: str, rupiah: str, for_export: str = "25_000") -> None:
    """State tariffs that begin on the day."""
    (office / "certificate_tariffs").mkdir()
    text = (office / TARIFFS).read_text("utf-8").replace('id = "demo_tariffs"', 'id = "following"')
    begun = text.replace("version = 1", f"version = 1\neffective_from = {day}").replace("50_000", rupiah)
    begun = begun.replace("25_000", for_export)
    (office / "certificate_tariffs/following.toml").write_text(begun, "utf-8")


def messages(visiting: Visiting, event: str) -> list[dict[str, Any]]:
    rows = visiting.inside.office.store.messages(0, 1_000)
    return [each.data for each in (Message.parse(row.message) for row in rows) if each.event == event]


async def test_an_application_is_judged_by_the_rules_of_its_submission_when_others_took_their_place(
    tmp_path: Path, office: Path
) -> None:
    """A new version in the place of the old file made every pinned application answer 500."""
    async with started(tmp_path, office) as visiting:
        request = await visiting.inside.paid()
        before = await Calling(visiting).read(request)
        positions = visiting.inside.positions
    office_with(office, RULES, NEXT_RULES, SLOWER)
    dearer(office)
    async with started(tmp_path, office, positions) as visiting:
        after = await Calling(visiting).read(request)
        assert after["rules"] == "rancangan_surat_keterangan 2"
        assert {name: after[name] for name in ("due", "findings", "bill", "pinned", "deadline")} == {
            name: before[name] for name in ("due", "findings", "bill", "pinned", "deadline")
        }
        desk = await visiting.person("evaluator-ani", "evaluator").get(
            f"/certificates/desk/applications/{request.ticket}"
        )
        assert desk.status_code == 200
        filed = await visiting.owner(request).get(f"/certificates/applications/{request.ticket}")
        assert filed.status_code == 200
        new = await visiting.inside.paid("two", business="d" * 64)
        answer = await Calling(visiting).read(new)
        assert (answer["rules"], answer["pinned"]["tariffs"]["version"]) == (
            "rancangan_surat_keterangan 3",
            2,
        )
        assert answer["due"] > before["due"]
        assert answer["bill"]["amount"] > before["bill"]["amount"]


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (RULES, SLOWER),
        ("registration_numbers.toml", (r"\d{12}", r"\d{11}")),
        ("certificate_reasons.toml", ("Isi nomor izin edar produk.", "Bayar dahulu.")),
        ("certificate_letter_wording.toml", ("freely sold", "sold freely")),
        ("calendar.toml", ("16:30:00", "18:30:00")),
    ],
)
async def test_what_decides_about_letters_does_not_change_in_place(
    tmp_path: Path, office: Path, file: str, change: tuple[str, str]
) -> None:
    async with started(tmp_path, office):
        pass
    office_with(office, file, change)
    with pytest.raises(ConfigurationChangedError, match=file):
        async with started(tmp_path, office):
            pass


async def test_a_bill_is_paid_by_its_own_tariffs_when_others_have_begun(tmp_path: Path, office: Path) -> None:
    """A dearer tariff made everything that was submitted before unpaid for ever."""
    following(office, "2026-12-08", "75_000")
    async with started(tmp_path, office) as visiting:
        inside = visiting.inside
        request, late = await inside.submitted(), await inside.submitted("late", business="e" * 64)
        await inside.pay(request)
        await ask_data(inside, request)
        inside.clock.pass_hours(24)
        await inside.pay(late)
        applying, by = inside.office.applying, inside.citizen(request)
        await applying.change_item(request, by, None, 1, sample_item("B-002"))
        sent = await applying.send_data(request, by, None, (await inside.state(request)).revision)
        assert sent.state.status is ApplicationStatus.EVALUATION
        assert (await Calling(visiting).read(late))["bill"]["amount"] == 50_000
        new = await inside.submitted("new", business="f" * 64)
        answer = await Calling(visiting).read(new)
        assert (answer["bill"]["amount"], answer["pinned"]["tariffs"]["id"]) == (75_000, "following")


async def test_more_that_is_applied_for_costs_what_it_cost_at_the_submission(
    tmp_path: Path, office: Path
) -> None:
    following(office, "2026-12-08", "75_000", for_export="40_000")
    async with started(tmp_path, office) as visiting:
        inside, calling = visiting.inside, Calling(visiting)
        request = await asked_for_data(inside)
        inside.clock.pass_hours(24)
        more = sample_item("B-002", registration="MD123456789012")
        await inside.office.applying.add_items(request, inside.citizen(request), None, [more])
        answer = await calling.tell(request, "further-bill")
        assert answer.json()["bill"]["amount"] == 25_000


async def test_the_public_page_says_which_tariffs_come_and_from_when(tmp_path: Path, office: Path) -> None:
    following(office, "2026-12-08", "75_000")
    async with started(tmp_path, office) as visiting:
        before = (await visiting.client.get("/certificates/?lang=en")).text
        assert "Rp 50,000" in before
        assert "For what is submitted from Tuesday, 8 December 2026 on" in before
        assert "Rp 75,000" in before
        visiting.inside.clock.pass_hours(24)
        after = (await visiting.client.get("/certificates/?lang=en")).text
        assert "Rp 50,000" not in after
        assert "For what is submitted from" not in after


async def test_a_document_that_only_the_rules_of_the_submission_know_can_still_be_brought(
    tmp_path: Path, office: Path
) -> None:
    async with started(tmp_path, office) as visiting:
        request = await visiting.inside.paid()
        await ask_data(visiting.inside, request)
        positions = visiting.inside.positions
    office_with(office, RULES, NEXT_RULES, ("packing_list", "list_of_packages"))
    async with started(tmp_path, office, positions) as visiting:
        application, rules = await visiting.inside.state(request), visiting.inside.office.rules
        now = visiting.inside.clock.now()
        assert {"packing_list", "list_of_packages"} <= rules.document_kinds(application, now)
        calling = Calling(visiting)
        brought = await calling.upload(request, "packing_list")
        assert brought.status_code != 422
        new = await visiting.inside.requested("two", business="d" * 64)
        assert (await calling.upload(new, "packing_list")).status_code == 422


COLD = """
[[documents]]
any_of = ["temperature_record"]
per = "application"
kinds = ["ski_post_border"]
when = "kept_cold"
source = "contoh"
source_status = "unverified"
"""


async def test_a_circumstance_that_the_office_adds_is_asked_in_the_form_and_obeyed_by_the_check(
    tmp_path: Path, office: Path
) -> None:
    async with started(tmp_path, office) as visiting:
        before = await visiting.inside.paid()
        await ask_data(visiting.inside, before)
        positions = visiting.inside.positions
    office_with(
        office,
        RULES,
        NEXT_RULES,
        ("# Documents of an import.\n", COLD),
        (
            "[names.circumstances]\n",
            '[names.circumstances]\nkept_cold = { id = "Dingin", en = "Kept cold" }\n',
        ),
        (
            "[names.documents]\n",
            '[names.documents]\ntemperature_record = { id = "Suhu", en = "Temperatures" }\n',
        ),
    )
    async with started(tmp_path, office, positions) as visiting:
        inside, calling = visiting.inside, Calling(visiting)
        new = await inside.requested("two", business="d" * 64)
        page = await visiting.owner(new).get(f"/certificates/applications/{new.ticket}/particulars?lang=en")
        assert "circumstances.kept_cold" in page.text
        assert "Kept cold" in page.text
        cold = STATEMENT | {"circumstances": ["kept_cold"]}
        assert (await calling.tell(new, "statement", STATEMENT)).status_code == 200
        assert "temperature_record" not in await missing(calling, new)
        assert (await calling.tell(new, "statement", cold)).status_code == 200
        assert "temperature_record" in await missing(calling, new)
        pinned = await visiting.owner(before).get(f"/certificates/applications/{before.ticket}/particulars")
        assert pinned.status_code == 200
        assert "circumstances.kept_cold" not in pinned.text
        assert (await calling.tell(before, "statement", cold)).status_code == 409


async def missing(calling: Calling, request: IntakeRequest) -> set[str]:
    found = (await calling.inside.office.applying.examination(request)).missing
    return {document for each in found for document in each.any_of}


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        (RULES, (NEXT_RULES, ("effective_from = 2024-01-01", "effective_from = 2027-01-01"))),
        (TARIFFS, (("version = 1", "version = 2\neffective_from = 2027-01-01"),)),
    ],
)
async def test_a_version_of_a_later_day_does_not_start_alone(
    tmp_path: Path, office: Path, file: str, changes: tuple[tuple[str, str], ...]
) -> None:
    """Until then nobody could apply."""
    async with started(tmp_path, office):
        pass
    office_with(office, file, *changes)
    with pytest.raises(UnusableConfigurationError, match=r"in force on 2026-12-07.* Keep the file"):
        async with started(tmp_path, office):
            pass


async def test_a_tariff_does_not_change_in_place(tmp_path: Path, office: Path) -> None:
    async with started(tmp_path, office):
        pass
    text = (office / TARIFFS).read_text("utf-8")
    (office / TARIFFS).write_text(text.replace("50_000", "70_000"), "utf-8")
    with pytest.raises(ConfigurationChangedError, match="certificate_tariffs demo_tariffs version 1"):
        async with started(tmp_path, office):
            pass


async def test_a_changed_template_of_letters_does_not_start_under_its_old_version(
    tmp_path: Path, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(tmp_path, office) as visiting:
        adopted = messages(visiting, "configuration_adopted")
        assert {each["kind"] for each in adopted} == {
            *("certificate_rules", "certificate_tariffs", "certificate_reasons", "registration_numbers"),
            *("calendar", "holidays", "letter_template", "certificate_letter_wording", "acting_signers"),
            *("hs_codes", "units", "people"),
            "certificate_amendments",
            *("certificate_reminders", "certificate_retention"),
        }
    monkeypatch.setattr("zi_rules.letter_template.files", lambda name: tmp_path)
    (tmp_path / "data/letter_templates").mkdir(parents=True)
    (tmp_path / "data/letter_templates/letter_3.typ").write_text("another letter")
    with pytest.raises(ConfigurationChangedError, match="letter_template letter version 3"):
        async with started(tmp_path, office):
            pass


async def test_an_application_from_before_digests_says_so_and_can_still_be_sent_again(
    tmp_path: Path, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*of: Any) -> None:
        pass

    def without(self: Any, application: Any, at: Any) -> PinnedRules:
        rules = self.of(application, at)
        return PinnedRules(id=rules.id, version=rules.version)

    monkeypatch.setattr("zi_certificates.container.adopt", nothing)
    monkeypatch.setattr(rulebook.Rulebook, "pin", without)
    async with started(tmp_path, office) as visiting:
        request = await visiting.inside.submitted()
        positions = visiting.inside.positions
    monkeypatch.undo()
    async with started(tmp_path, office, positions) as visiting:
        inside = visiting.inside
        assert {each["since"] for each in messages(visiting, "configuration_adopted")} == {"unknown"}
        answer = await Calling(visiting).read(request)
        assert (answer["pinned"]["pinned"], answer["pinned"]["digest"]) == ("before_digests", None)
        desk = await visiting.person("evaluator-ani", "evaluator").get(
            f"/certificates/desk/applications/{request.ticket}"
        )
        assert "before the texts of rules were recorded" in desk.text
        _, state = inside.office.store.load(applications, request.application)
        assert inside.office.rules.pin(state, inside.clock.now()) == PinnedRules(
            id="rancangan_surat_keterangan", version=2
        )
        await inside.pay(request)
