"""The dossier as a business takes it along: complete or not, it says so; the same again is the same to the byte."""

import io
import re
import tracemalloc
import zipfile
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.umkm.inside import FISH, SAMBAL, Inside
from tests.umkm.visiting import Visiting
from tests.web.browsing import content_of, hidden

from zi_chassis.domain import UnavailableError
from zi_umkm.messaging.upstream import MentoringRequest
from zi_umkm.web.pages.dossier_contents import plain
from zi_umkm.web.zip_stream import zipped


@pytest.fixture
def inside(visiting: Visiting) -> Inside:
    return visiting.inside


def dossier(request: MentoringRequest, product: int = 1) -> str:
    return f"/umkm/cases/{request.ticket}/products/{product}/dossier.zip"


def at_desk(request: MentoringRequest) -> str:
    return f"/umkm/desk/cases/{request.ticket}"


def opened(answer: httpx.Response) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def index_text(files: dict[str, bytes]) -> str:
    return files["index.html"].decode()


async def test_a_complete_dossier_has_every_paper_in_the_order_of_the_registration(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.permitted()
    answer = await visiting.owner(request).get(dossier(request))
    assert (
        answer.headers["content-disposition"] == f'attachment; filename="dossier-{request.ticket[:8]}-1.zip"'
    )
    files = opened(answer)
    assert [name for name in files if name.startswith("1-")] == [
        "1-for-the-registration/01-label-design-in-colour.pdf",
        "1-for-the-registration/02-composition-with-its-amounts.pdf",
        "1-for-the-registration/03-how-it-is-made.pdf",
        "1-for-the-registration/04-plan-of-the-premises.pdf",
        "1-for-the-registration/05-laboratory-results.pdf",
    ]
    assert "3-for-the-permit/07-plan-of-the-rooms.pdf" in files
    index = index_text(files)
    for phrase in ("Complete: everything that is asked for is there", "Dapur one", "Nugget Ikan Contoh"):
        assert phrase in index
    for name in re.findall(r'<a href="([^"]+)"', index):
        assert name in files
    file = inside.files[request.ticket, "composition"]
    assert files["1-for-the-registration/02-composition-with-its-amounts.pdf"] == content_of(file.item)


async def test_what_is_not_complete_is_taken_along_with_everything_missing_by_name(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored("one", FISH, SAMBAL)
    paper = await inside.attached(request, "layout")
    await inside.office.mentoring.add_document(request, inside.business(request), None, "layout", paper)
    answer = await visiting.owner(request).get(f"{dossier(request)}?lang=id")
    files = opened(answer)
    assert list(files) == ["3-untuk-izin/07-denah-ruang.pdf", "index.html"]
    index = index_text(files)
    missing = index.partition("<ul>")[2].partition("</ul>")[0]
    for phrase in ("Hasil uji laboratorium", "Kedaluwarsa:", "Panduan mutu", "Penilaian mandiri CPPOB"):
        assert phrase in missing
    assert "Denah ruang" not in missing
    assert "Risiko: Menengah rendah." in index


async def test_several_papers_of_one_kind_are_numbered_and_what_is_asked_for_no_more_is_not_lost(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.mentored()
    by, add = inside.business(request), inside.office.mentoring.add_document
    for name in ("first page", "second page"):
        await add(request, by, None, "composition", await inside.attached(request, name), 1)
    await add(request, by, None, "commitment_statement", await inside.attached(request, "commitment"))
    files = opened(await visiting.owner(request).get(dossier(request)))
    first, second, other, _ = files
    assert (first, second) == (
        "1-for-the-registration/02-composition-with-its-amounts-1.pdf",
        "1-for-the-registration/02-composition-with-its-amounts-2.pdf",
    )
    assert other == "5-other-papers/01-statement-of-commitment-to-good-producti.pdf"
    assert "Other papers" in index_text(files)


async def test_the_same_dossier_is_the_same_to_the_byte(visiting: Visiting, inside: Inside) -> None:
    request = await inside.permitted()
    browser = visiting.owner(request)
    first = await browser.get(dossier(request))
    inside.clock.pass_hours(30)
    assert (await browser.get(dossier(request))).content == first.content


async def test_papers_come_from_intake_by_whoever_asks(visiting: Visiting, inside: Inside) -> None:
    request = await inside.permitted()
    browser = visiting.owner(request)
    await browser.get(dossier(request))
    [token] = browser.cookies.values()
    assert {each.headers["authorization"] for each in visiting.file_requests} == {f"Bearer {token}"}
    assert {each.content for each in visiting.file_requests} == {b'{"purpose":"mentoring"}'}


async def test_a_mentor_takes_it_along_from_the_desk_as_an_act_of_its_own(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.permitted()
    mentor = visiting.person("mentor-ani", "mentor")
    page, path = await mentor.get(at_desk(request)), f"{at_desk(request)}/products/1/dossier.zip"
    assert f'action="{path}"' in page.text
    files = opened(await mentor.post(path, {"key": hidden(page)}))
    assert "Dapur one" in index_text(files)
    assert {each.purpose for each in inside.vault.reads} == {"mentoring"}
    assert (await mentor.get(path)).status_code == 405
    refused = await visiting.person("mentor-joko", "mentor").post(path, {})
    assert refused.status_code == 409
    assert "Only a mentor of this business does this" in refused.text


async def test_nobody_else_gets_it_and_there_is_none_of_what_is_not_registered_here(
    visiting: Visiting, inside: Inside
) -> None:
    request, other = await inside.mentored("one", FISH, SAMBAL), await inside.requested("other")
    assert (await visiting.owner(other).get(dossier(request))).status_code == 303
    browser = visiting.owner(request)
    assert (await browser.get(dossier(request, 7))).status_code == 404
    none = await browser.get(dossier(request, 2))
    assert none.status_code == 409
    assert "No product here is registered at BPOM" in none.text


async def test_without_the_vault_or_the_papers_there_is_no_half_dossier(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.permitted()
    browser = visiting.owner(request)
    visiting.refuses_files = True
    page = await browser.get(dossier(request))
    assert page.status_code == 503
    assert "can&#39;t be read just now" in page.text
    uploads = inside.office.uploads
    uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(away))
    assert (await browser.get(dossier(request))).status_code == 503
    inside.vault.is_away = True
    assert (await browser.get(dossier(request))).status_code == 503


async def test_an_official_who_opens_too_many_files_is_told_to_wait(
    visiting: Visiting, inside: Inside
) -> None:
    request = await inside.permitted()
    inside.office.uploads._client = httpx.AsyncClient(transport=httpx.MockTransport(too_many))
    page = await visiting.owner(request).get(dossier(request))
    assert (page.status_code, page.headers["retry-after"]) == (429, "600")
    assert "as often as the office allows" in page.text


def too_many(request: httpx.Request) -> httpx.Response:
    return httpx.Response(429, json={"detail": "Wait."}, headers={"Retry-After": "600"})


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody is there", request=request)


# -- the zip itself


async def much(pieces: int) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        yield bytes(64 * 1024)


async def broken() -> AsyncIterator[bytes]:
    yield b"half of"
    raise UnavailableError("intake went away")


async def test_what_breaks_off_is_no_zip() -> None:
    sent = io.BytesIO()

    async def send() -> None:
        async for piece in zipped([("a.pdf", lambda: much(1)), ("b.pdf", broken)]):
            sent.write(piece)

    with pytest.raises(UnavailableError):
        await send()
    assert sent.getvalue()
    assert not zipfile.is_zipfile(sent)


async def test_a_large_dossier_is_never_whole_in_memory() -> None:
    tracemalloc.start()
    async for _ in zipped((f"{n}.pdf", lambda: much(160)) for n in range(20)):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Denah ruang: fungsi, urutan proses", "denah-ruang"),
        ("KTP dan NPWP", "ktp-dan-npwp"),
        ("Größe & Café (neu)", "groe-cafe"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_names_can_be_written_on_every_device(text: str, name: str) -> None:
    assert plain(text) == name
