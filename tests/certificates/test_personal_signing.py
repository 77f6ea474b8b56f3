"""The personal signature of a letter's signatory: made by a service that a server plays, beneath the seal, once, and never half."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.certificates.calling import Calling
from tests.certificates.inside import Inside, opened
from tests.certificates.test_company_tables import erased
from tests.certificates.test_desk import at_desk, done
from tests.certificates.test_sealing import Fate, Killed
from tests.certificates.tools import ran
from tests.certificates.visiting import Visiting
from tests.certificates.whole import PERSON, Whole
from tests.letters.sample_letter import NOW
from tests.letters.signing_provider import (
    DEPUTY,
    IDENTITY,
    PASSPHRASE,
    ROOT,
    parts,
    provider,
    refusal,
    signed_by,
)
from tests.letters.stand_in import PlayedAnswer, PlayedRequest, played
from tests.letters.test_personal_signature import revoked
from tests.verify.sample_log import POLICY
from tests.web import browsing

from zi_certificates.domain.application import errors
from zi_certificates.domain.application.state import ApplicationStatus
from zi_certificates.domain.signatory import CertificateOfOtherError, OtherCertificateError
from zi_certificates.letters.personal_signing import SigningServiceAwayError
from zi_certificates.letters.signing_service import SigningSettingsError, signing_service
from zi_certificates.messaging.upstream import IntakeRequest
from zi_certificates.read.desk_lists import ListFilter, ListReader, desk_page
from zi_certificates.read.letters import LetterRow, letters_of
from zi_chassis import outgoing
from zi_chassis.access.identity import Staff
from zi_chassis.domain import Act, UnavailableError
from zi_chassis.settings import Settings
from zi_letters.seal import LocalSeal
from zi_rules.certificate.reason import StandingReason
from zi_verify.certificate import CertificateReport, check_certificate
from zi_verify.verdict import Matching

ACTING = Staff(
    sub="officer-gita", name="Gita Contoh", roles=frozenset({"officer"}), token="opaque", expires=0
)
NEWER = ROOT.make_seal("Pejabat Contoh", NOW)
GARBAGE = PlayedAnswer(200, "application/pdf", b"%PDF-1.7 of somebody else")


class Service:
    """The signing service: it answers as it is told to, and counts."""

    def __init__(self) -> None:
        self.answer: Callable[[PlayedRequest], PlayedAnswer] = provider
        self.calls = 0

    def __call__(self, request: PlayedRequest) -> PlayedAnswer:
        self.calls += 1
        return self.answer(request)


class Signed(Whole):
    """An office whose letters have a personal signature."""

    def __init__(self, visiting: Visiting, folder: Path, service: Service) -> None:
        super().__init__(visiting.inside, folder)
        self.visiting, self.service = visiting, service

    async def decided(self, name: str = "one", person: Staff = PERSON, role: str = "signer") -> LetterRow:
        """A signer has decided about it, and it has its number."""
        request = await self.inside.passed(name)
        state = await self.inside.state(request)
        by = self.inside.staff(person.sub, role)
        await self.inside.office.signing.sign(request.ticket, by, None, state.revision, person)
        return await self.rounds(request)

    async def rounds(self, request: IntakeRequest | LetterRow) -> LetterRow:
        office = self.inside.office
        for _ in range(3):
            self.enter()
            for problem in office.sealing._problems.values():
                problem.next_try = 0.0
            await office.sealing.round()
        [row] = await office.store.query(lambda tx: letters_of(tx, request.application))
        return row

    async def sign(self, row: LetterRow, passphrase: str = PASSPHRASE, by: Act | None = None) -> None:
        await self.inside.office.personal.sign(row.application, by or self.inside.signer(), passphrase)

    def events(self, *types: str) -> list[Any]:
        messages = [json.loads(each.message) for each in self.inside.office.store.messages(0, 10_000)]
        return [each for each in messages if each["type"].rpartition(".")[2] in types]

    def pages(self, row: LetterRow) -> int:
        return len(self.inside.vault.texts(row.ticket, "letter.file"))

    async def checked(self, pdf: bytes, days: int = 0) -> CertificateReport:
        keys, now = self.inside.office.keys, NOW + timedelta(days=days)
        return await asyncio.to_thread(
            check_certificate, pdf, POLICY, keys.authority, now=now, signatories=keys.signatories
        )


def settings(folder: Path, url: str) -> dict[str, Any]:
    (folder / "who.pem").write_bytes(ROOT.pem + ROOT.revoked_none(NOW, NOW + timedelta(days=30)))
    listed = f'[officials]\n"signer-budi" = "{IDENTITY}"\n"officer-gita" = "{DEPUTY}"\n'
    (folder / "officials.toml").write_text(listed)
    return {
        "signing_url": url,
        "signing_user": "kantor",
        "signing_password": "sandi-kantor",
        "signing_authority": folder / "who.pem",
        "signing_officials": folder / "officials.toml",
    }


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def house(tmp_path: Path, service: Service) -> AsyncIterator[Signed]:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(played(service))
        inside = opened(tmp_path, **settings(tmp_path, url))
        yield Signed(await stack.enter_async_context(browsing.visited(inside, tmp_path)), tmp_path, service)


async def test_a_letter_has_two_signatures_that_stay_valid_and_are_both_named(
    house: Signed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = await house.decided()
    assert (row.number, row.signature, row.file) == ("SKI-2026-000001", "wanted", None)
    assert house.inside.office.sealing.reason is None
    await house.sign(row)
    row = await house.rounds(row)
    assert row.signature == "made"
    pdf = house.file(row)
    report = await house.checked(pdf)
    assert (report.verdict, report.number) == (Matching(), row.number)
    remarks = " ".join(each.en for each in report.remarks)
    assert "by the letter: Budi Contoh, " in remarks
    assert (
        "by the certificate: Common Name: Pejabat Contoh, certified by Common Name: Otoritas Contoh"
        in remarks
    )
    path = house.inside.office.settings.data / "letter.pdf"
    path.write_bytes(pdf)
    pdfsig_report = ran("pdfsig", "-nocert", str(path))
    assert (pdfsig_report.count("Signature is Valid."), pdfsig_report.count("ETSI.CAdES.detached")) == (2, 2)
    for number, days in enumerate((1000, 1950, 2900), 1):
        assert (
            await house.inside.office.sealing.renewing.look(lambda days=days: NOW + timedelta(days=days)) == 1
        )  # type: ignore[misc]
        renewed = await house.checked(house.file(await house.now(row)), days)
        assert (renewed.verdict, renewed.shortfalls) == (Matching(), ())
        assert len(house.events("letter_renewed")) == number
    texts = [caplog.text, str(house.events("letters_signed", "letter_signed_personally", "letter_sealed"))]
    texts += [text for _, field, text in house.inside.vault.plain.values() if field != "letter.file"]
    assert not [text for text in texts for secret in (PASSPHRASE, IDENTITY, "sandi-kantor") if secret in text]


def slow(_: PlayedRequest) -> PlayedAnswer:
    time.sleep(0.5)
    return refusal(2031)


FAILS: dict[str, tuple[Callable[[PlayedRequest], PlayedAnswer], type[Exception]]] = {
    "wrong passphrase": (lambda _: refusal(2031), errors.PassphraseRefusedError),
    "no certificate": (lambda _: refusal(2041), errors.NoSignatureCertificateError),
    "refused": (lambda _: refusal(9999), errors.SignatureRefusedError),
    "away": (lambda _: refusal(1, 502), SigningServiceAwayError),
    "slow": (slow, SigningServiceAwayError),
    "not the letter": (lambda _: GARBAGE, SigningServiceAwayError),
}


async def test_whatever_fails_leaves_the_letter_wanting_and_a_retry_signs_it(
    house: Signed, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await house.decided()
    office = house.inside.office
    assert office.personal._service is not None
    for name, (answer, error) in FAILS.items():
        monkeypatch.setattr(office.personal._service.provider, "_seconds", 0.1 if answer is slow else 60.0)
        service.answer = answer
        with pytest.raises(error):
            await house.sign(row)
        row = await house.rounds(row)
        assert (row.signature, row.file, house.pages(row)) == ("wanted", None, 1), name
        assert house.events("letter_signed_personally", "letter_sealed") == [], name
    monkeypatch.setattr(office.personal._service.provider, "_seconds", 60.0)
    service.answer = provider
    await house.sign(row)
    row = await house.rounds(row)
    assert (row.signature, (await house.checked(house.file(row))).verdict) == ("made", Matching())
    assert len(house.events("letter_signed_personally")) == 1


async def test_whoever_signs_at_the_same_time_or_again_signs_once(house: Signed, service: Service) -> None:
    row = await house.decided()
    await asyncio.gather(*(house.sign(row) for _ in range(3)))
    calls = service.calls
    await house.sign(row, "whatever")
    assert service.calls == calls
    row = await house.rounds(row)
    assert (row.standing, house.pages(row)) == ("valid", 3)
    assert [len(house.events(each)) for each in ("letter_signed_personally", "letter_sealed")] == [1, 1]
    await house.sign(row, "whatever")
    assert len(house.events("letter_signed_personally")) == 1


async def signed_and_sealed(house: Signed, row: LetterRow, fate: Fate, patch: pytest.MonkeyPatch) -> None:
    office = house.inside.office
    assert office.personal._service is not None
    for port, step in (
        *((office.store, "handle"), (office.personal._service.provider, "sign")),
        *((house.inside.vault, "keep"), (office.sealing._worker, "make")),
    ):
        patch.setattr(port, step, fate.watched(getattr(port, step)))
    await house.sign(row)
    await office.sealing.round()


async def test_a_process_that_is_killed_after_any_step_is_continued_and_signs_nothing_twice(
    house: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the service has signed, after that was stored, after it was recorded; and after the sealed file was stored."""
    for last in (3, 4, 5, 7):
        row = await house.decided(f"case {last}")
        with monkeypatch.context() as patch, pytest.raises(Killed):
            await signed_and_sealed(house, row, Fate(last), patch)
        row = await house.now(row)
        assert row.signature == ("wanted" if last < 5 else "made")
        await house.sign(row)
        row = await house.rounds(row)
        assert (row.standing, house.pages(row)) == ("valid", 3)
    assert (await house.checked(house.file(row))).verdict == Matching()
    once = (
        "letters_signed",
        "certificate_issued",
        "letter_numbered",
        "letter_signed_personally",
        "letter_sealed",
    )
    assert [len(house.events(each)) for each in once] == [4] * 5


async def test_nobody_else_signs_and_an_acting_signer_does_it_after_the_appointment_too(
    house: Signed,
) -> None:
    inside = house.inside
    now = inside.clock.now()
    head = inside.staff("head-dewi", "head")
    await inside.known("officer-gita", "officer")
    await inside.office.appointing.appoint(head, None, "officer-gita", now, now + timedelta(days=2))
    row = await house.decided(person=ACTING, role="officer")
    for other in (inside.signer(), head):
        with pytest.raises(errors.NotTheSignatoryError):
            await house.sign(row, by=other)
    assert house.service.calls == 0
    inside.clock.pass_hours(24 * 9)
    await house.sign(row, by=inside.staff("officer-gita", "officer"))
    row = await house.rounds(row)
    remarks = " ".join(each.en for each in (await house.checked(house.file(row))).remarks)
    assert "by the letter: Gita Contoh, Plh. " in remarks


async def test_whom_the_service_does_not_know_decides_nothing(house: Signed) -> None:
    request = await house.inside.passed()
    revision = (await house.inside.state(request)).revision
    person = Staff(sub="signer-citra", name="Citra", roles=PERSON.roles, token="opaque", expires=0)
    by = house.inside.signer(person.sub)
    with pytest.raises(errors.UnlistedSignatoryError):
        await house.inside.office.signing.sign(request.ticket, by, None, revision, person)
    assert (await house.inside.state(request)).status is ApplicationStatus.APPROVAL
    assert house.inside.vault.texts(request.ticket, "letter.content") == []


async def test_an_acting_signer_who_is_an_operator_by_now_decides_nothing_that_nobody_could_sign(
    house: Signed,
) -> None:
    inside = house.inside
    now, head = inside.clock.now(), inside.staff("head-dewi", "head")
    await inside.known(ACTING.sub, "officer")
    await inside.office.appointing.appoint(head, None, ACTING.sub, now, now + timedelta(days=2))
    request = await inside.passed()
    revision, by = (await inside.state(request)).revision, inside.staff(ACTING.sub, "ops")
    with pytest.raises(errors.OperatorSignsError):
        await inside.office.signing.sign(request.ticket, by, None, revision, ACTING)
    assert (await inside.state(request)).status is ApplicationStatus.APPROVAL
    assert inside.vault.texts(request.ticket, "letter.content") == []


async def test_without_its_page_or_a_service_nobody_signs(house: Signed) -> None:
    request = await house.inside.passed()
    state = await house.inside.state(request)
    office, by = house.inside.office, house.inside.signer()
    await office.signing.sign(request.ticket, by, None, state.revision, PERSON)
    with pytest.raises(errors.PageNotReadyError):
        await office.personal.sign(request.application, by, PASSPHRASE)
    await office.sealing.round()
    with pytest.raises(errors.PageNotReadyError):  # it has its number, and the ledger has not recorded it yet
        await office.personal.sign(request.application, by, PASSPHRASE)
    house.enter()
    house.inside.vault.is_away = True
    with pytest.raises(UnavailableError):
        await office.personal.sign(request.application, by, PASSPHRASE)
    house.inside.vault.is_away = False
    office.personal._service, service = None, office.personal._service
    with pytest.raises(errors.NoSigningServiceError):
        await office.personal.sign(request.application, by, PASSPHRASE)
    office.personal._service = service
    await office.personal.sign(request.application, by, PASSPHRASE)
    assert (await house.rounds(request)).standing == "valid"


async def test_a_page_that_was_changed_after_its_signature_is_not_sealed(house: Signed) -> None:
    row = await house.decided()
    await house.sign(row)
    row = await house.now(row)
    assert row.signed_item is not None
    ticket, field, _ = house.inside.vault.plain[row.signed_item.item]
    house.inside.vault.plain[row.signed_item.item] = (ticket, field, "JVBERi0=")
    row = await house.rounds(row)
    assert row.file is None
    assert "not the one that its signatory has signed" in str(house.inside.office.sealing.reason)


async def test_a_letter_that_waits_for_its_signatory_can_be_revoked_and_is_never_sealed(
    house: Signed,
) -> None:
    row, office, head = await house.decided(), house.inside.office, house.inside.staff("head-dewi", "head")
    assert await wanted(house) == {row.ticket}
    revoke = office.deciding.revoke
    with pytest.raises(errors.NotSealedError):
        await office.deciding.suspend(row.ticket, head, None, row.letter, StandingReason.ISSUED_IN_ERROR)
    for _ in range(2):
        done_now = await revoke(row.ticket, head, None, row.letter, StandingReason.ISSUED_IN_ERROR)
    assert (done_now.state.status, done_now.recorded) == (ApplicationStatus.REVOKED, ())
    assert await wanted(house) == set()
    await house.sign(row)
    row = await house.rounds(row)
    assert (row.number, row.standing, row.file) == ("SKI-2026-000001", "revoked", None)
    assert house.service.calls == 0
    answer = await house.visiting.client.get(f"/certificates/api/verify/{row.number}")
    assert (answer.json()["outcome"], "issued_in_error" in answer.text) == ("not_valid", True)
    for path in (
        "/certificates/api/register",
        "/certificates/register",
        f"/certificates/verify/{row.number}",
    ):
        assert (await house.visiting.stranger().get(path)).status_code == 200, path
    head_page = house.visiting.person("head-dewi", "head")
    page = await head_page.get(f"/certificates/desk/applications/{row.ticket}")
    assert (page.status_code, "Personal signature wanted" in page.text) == (200, False)


async def test_a_signer_revokes_it_on_the_page_and_an_erased_one_is_in_no_queue(house: Signed) -> None:
    row, other = await house.decided(), await house.decided("two")
    request = await house.inside.office.access.request(other.ticket)
    await erased(house.inside, request)
    assert await wanted(house) == {row.ticket}
    signer = house.visiting.person("signer-citra", "signer")
    page = f"/certificates/desk/applications/{row.ticket}"
    assert f"Revoke {row.number} for good" in (await signer.get(page)).text
    revoked = await done(
        signer,
        page,
        f"letters/{row.letter}",
        verdict="revoke",
        **{f"standing.{row.letter}": "issued_in_error"},
    )
    assert (revoked.status_code, "Personal signature wanted" in revoked.text) == (200, False)
    assert await wanted(house) == set()


async def wanted(house: Signed) -> set[str]:
    reader, now = ListReader("head-dewi"), house.inside.clock.now()
    page = await house.inside.office.store.query(
        lambda tx: desk_page(tx, ListFilter("personal"), reader, now)
    )
    assert page.total == len(page.rows)
    return {each.ticket for each in page.rows}


async def test_a_signature_whose_certificate_was_revoked_before_the_seal_is_not_sealed(house: Signed) -> None:
    """No verifier would ever take the letter, and the office would call it valid."""
    row = await house.decided()
    await house.sign(row)
    keys = house.inside.office.sealing._keys
    listed = replace(keys.clock, sealed=keys.clock.sealed + revoked())
    house.inside.office.sealing._keys = replace(keys, clock=listed)
    row = await house.rounds(row)
    assert (row.file, row.standing, row.signature, row.signed, row.lapses) == (None, None, "wanted", None, 1)
    assert [len(house.events(each)) for each in ("letter_signature_lapsed", "letter_sealed")] == [1, 0]
    assert await wanted(house) == {row.ticket}
    signer = house.visiting.person("signer-budi", "signer")
    assert "Sign once more" in (await signer.get(f"/certificates/desk/applications/{row.ticket}")).text
    with pytest.raises(OtherCertificateError):
        await signed_with(house, row, NEWER)
    assert (await house.rounds(row)).signature == "wanted"
    await confirmed(house)
    await signed_with(house, row, NEWER)
    row = await house.rounds(row)
    assert (row.signature, row.standing, house.pages(row)) == ("made", "valid", 4)
    assert (await house.checked(house.file(row))).verdict == Matching()


async def signed_with(house: Signed, row: LetterRow, key: LocalSeal) -> None:
    """Sign with another key than before."""
    house.service.answer = lambda request: PlayedAnswer(
        200, "application/pdf", signed_by(key, parts(request)["file"])
    )
    await house.sign(row)


async def confirmed(house: Signed) -> None:
    """The head confirms the certificate that waits, on the page that the desk leads to."""
    head = house.visiting.person("head-dewi", "head")
    assert "1 signatory has another certificate" in (await head.get("/certificates/desk/")).text
    page = await head.get("/certificates/desk/signatories")
    [waits] = (await house.inside.office.binding.page("", 1)).rows
    assert (waits.official, waits.offered in page.text) == ("signer-budi", True)
    where = f"/certificates/desk/signatories/{waits.signatory}"
    signer = house.visiting.person("signer-budi", "signer", "head")
    form = {"certificate": str(waits.offered), "verdict": "confirm"}
    assert (await signer.post(where, form)).status_code == 409
    assert (await head.post(where, {**form, "certificate": "0" * 64})).status_code == 409
    assert (await head.post(where, {**form, "verdict": "whatever"})).status_code == 404
    assert (await head.post(where, form)).status_code == 200
    assert await house.inside.office.binding.waiting() == 0


async def test_a_certificate_signs_for_one_account_and_another_one_is_declined_over_the_api(
    house: Signed,
) -> None:
    inside, calling = house.inside, Calling(house.visiting)
    now, head = inside.clock.now(), inside.staff("head-dewi", "head")
    await inside.known("officer-gita", "officer")
    await inside.office.appointing.appoint(head, None, "officer-gita", now, now + timedelta(days=2))
    await house.sign(await house.decided())
    second = await house.decided("two", person=ACTING, role="officer")
    with pytest.raises(
        CertificateOfOtherError
    ):  # the operator's list has the same person under both accounts
        await house.sign(second, by=inside.staff("officer-gita", "officer"))
    with pytest.raises(OtherCertificateError):
        await signed_with(house, await house.decided("three"), NEWER)
    listed = await calling.get("/signatories", calling.person("head-dewi", "head"), text="BUDI")
    [waits] = listed.json()
    assert (waits["official"], listed.headers["Total-Count"]) == ("signer-budi", "1")
    body = {"certificate": waits["offered"]}
    where = f"/signatories/{waits['signatory']}"
    assert (await calling.post(f"{where}/decline", body, calling.evaluator)).status_code == 403
    declined = await calling.post(f"{where}/decline", body, calling.person("head-dewi", "head"))
    assert declined.json()["certificate"] == waits["certificate"]
    confirmed_late = await calling.post(f"{where}/confirm", body, calling.person("head-dewi", "head"))
    assert confirmed_late.json()["type"] == "urn:zona:problem:no_certificate_offered"
    assert len(house.events("letter_signed_personally")) == 1


async def test_an_authority_that_is_not_named_any_more_costs_nobody_a_signature(house: Signed) -> None:
    row = await house.decided()
    await house.sign(row)
    keys = house.inside.office.sealing._keys
    house.inside.office.sealing._keys = replace(keys, signatories=b"")
    row = await house.rounds(row)
    assert (row.signature, row.file) == ("made", None)
    assert "no authority that is known here" in str(house.inside.office.sealing.reason)
    house.inside.office.sealing._keys = keys
    assert (await house.rounds(row)).standing == "valid"


# -- pages and the API


async def test_the_desk_wants_it_takes_it_and_shows_the_passphrase_to_nobody(
    house: Signed, service: Service
) -> None:
    inside, visiting = house.inside, house.visiting
    request = await inside.passed()
    signer = visiting.person("signer-budi", "signer", name="Budi Contoh")
    assert "Personal signature wanted" in (await done(signer, at_desk(request), "sign")).text
    [row] = await inside.office.store.query(lambda tx: letters_of(tx, request.application))
    row = await house.rounds(row)
    assert "1 application waits for the personal signature" in (await signer.get("/certificates/desk/")).text
    listed = await signer.get("/certificates/desk/applications?queue=personal")
    assert request.ticket in listed.text
    head = visiting.person("head-dewi", "head")
    page = await head.get(at_desk(request))
    assert "waits for the personal signature of signer-budi" in page.text
    assert 'name="passphrase"' not in page.text
    owner = await visiting.owner(request).get(f"/certificates/applications/{request.ticket}")
    assert "the official still has to sign the letter personally" in owner.text
    public = await visiting.stranger().get(f"/certificates/verify/{row.number}")
    assert "personal signature and the seal are still missing" in public.text

    service.answer = lambda _: refusal(2031)
    refused = await done(signer, at_desk(request), "personal-signature", passphrase=PASSPHRASE)
    assert refused.status_code == 409
    assert "did not accept the passphrase" in refused.text
    assert PASSPHRASE not in refused.text
    empty = await done(signer, at_desk(request), "personal-signature", passphrase="")
    assert (empty.status_code, "This field is needed." in empty.text) == (422, True)
    service.answer = lambda _: refusal(1, 503)
    away = await done(signer, at_desk(request), "personal-signature", passphrase=PASSPHRASE)
    assert (away.status_code, "The signing service gives no usable answer now" in away.text) == (503, True)
    where = f"{at_desk(request)}/personal-signature"
    ended = await visiting.stranger().post(where, {"key": "k", "passphrase": PASSPHRASE})
    assert (ended.status_code, PASSPHRASE in ended.text) == (401, False)
    service.answer = provider
    page = await done(signer, at_desk(request), "personal-signature", passphrase=PASSPHRASE)
    assert "Personal signature wanted" not in page.text
    row = await house.rounds(row)
    public = await visiting.stranger().get(f"/certificates/verify/{row.number}")
    assert "This page has not compared the name on its certificate with the letter" in public.text
    answer = await visiting.client.get(f"/certificates/api/verify/{row.number}")
    assert answer.json()["letter"]["personal_signature"] == "made"
    assert "/certificates/api/authority/signatories" in public.text
    certified = await visiting.client.get("/certificates/api/authority/signatories")
    assert certified.content == ROOT.pem
    assert ROOT.pem not in (await visiting.client.get("/certificates/api/authority")).content


async def test_a_program_signs_with_the_passphrase_of_its_official(house: Signed) -> None:
    row = await house.decided()
    token = house.visiting.provider.token("signer-budi", "signer", name="Budi Contoh")
    where = f"/certificates/api/applications/{row.ticket}/personal-signature"
    headers = {"Authorization": f"Bearer {token}"}
    long = await house.visiting.client.post(where, json={"passphrase": "x" * 300}, headers=headers)
    assert (long.status_code, "xxx" in long.text) == (422, False)
    answer = await house.visiting.client.post(where, json={"passphrase": PASSPHRASE}, headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "issued_unsealed")
    again = await house.visiting.client.post(where, json={"passphrase": PASSPHRASE}, headers=headers)
    assert (again.status_code, again.json()["event_id"]) == (200, None)


# -- settings


async def test_without_the_setting_nothing_changes(inside: Inside, tmp_path: Path) -> None:
    whole = Whole(inside, tmp_path)
    row = await whole.sealed()
    assert (row.signature, row.standing) == (None, "valid")
    [content] = inside.vault.texts(row.ticket, "letter.content")
    messages = [each.message for each in inside.office.store.messages(0, 10_000)]
    assert not [each for each in (content.encode(), *messages) if b"personal" in each]
    with pytest.raises(errors.NoPersonalSignatureError):
        await inside.office.personal.sign(row.application, inside.signer(), PASSPHRASE)


def test_settings_that_do_not_belong_together_are_refused_without_a_number_of_a_person(
    tmp_path: Path,
) -> None:
    good = settings(tmp_path, "https://esign.example")
    (tmp_path / "nobody.pem").write_bytes(b"")
    (tmp_path / "broken.toml").write_text(f"[officials]\nbudi = {IDENTITY}\n")
    (tmp_path / "twice.toml").write_text(f'[officials]\nbudi = "{IDENTITY}"\ngita = " {IDENTITY}"\n')
    (tmp_path / "empty.toml").write_text(f'[officials]\nbudi = "{IDENTITY}"\ngita = " "\n')
    for change in (
        {"signing_authority": None},
        {"signing_officials": None},
        {"signing_authority": tmp_path / "nobody.pem"},
        *({"signing_officials": tmp_path / f"{name}.toml"} for name in ("broken", "twice", "empty")),
    ):
        with pytest.raises(SigningSettingsError) as refused:
            signing_service(
                Settings(service="certificates", data=tmp_path, **{**good, **change}), outgoing.client(1)
            )
        assert IDENTITY not in str(refused.value)
