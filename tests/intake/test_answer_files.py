"""The files of the office's answers: added one by one, closed until the answer that names them, limited apart from the citizen's."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from tests.intake import acts
from tests.intake.acts import after, citizen, events, item, officer
from tests.intake.front import Front, code
from tests.intake.test_evidence import fetched, logged
from tests.intake.test_own_case import opened
from tests.intake.test_pages import get, post
from tests.intake.test_uploads import attach, photo
from tests.taken_evidence import take

from zi_chassis.domain import WrongRoleError
from zi_intake.domain.case import messages, refusals
from zi_intake.domain.case.answer_files import ANSWER_FILE
from zi_intake.domain.case.messages import AddAttachment
from zi_intake.read.sent_fields import answer_files, sent_files, waiting_files
from zi_intake.uploads.attachments import FILES_FOR_ANSWERS


def added(size: int = 9) -> AddAttachment:
    return acts.PHOTO.model_copy(update={"by": officer(), "items": (item(ANSWER_FILE),), "size": size})


def with_files(*files: AddAttachment, draft: UUID | None = None) -> messages.Answer:
    chosen = tuple(each.items[0].item for each in files)
    return acts.ANSWER.model_copy(update={"files": chosen, "draft": draft})


def test_a_file_is_the_citizens_from_the_answer_that_names_it() -> None:
    sent, left = added(), added()
    case = after(*acts.ASSIGNED, sent, left)
    assert [each.item for each in waiting_files(case)] == [sent.items[0].item, left.items[0].item]
    assert (answer_files(case), sent_files(case)) == ([], [])
    assert case.handling.withheld == {sent.items[0].item, left.items[0].item}
    answered = after(with_files(sent), state=case)
    assert [each.item for each in answer_files(answered)] == [sent.items[0].item]
    assert answered.handling.withheld == {left.items[0].item}
    event = events(*acts.ASSIGNED, sent, with_files(sent))[-1]
    assert isinstance(event, messages.CaseAnswered)
    assert event.items == (*acts.ANSWER.items, *sent.items)


def test_a_file_waits_with_the_draft_that_names_it() -> None:
    file = added()
    drafted = after(*acts.ASSIGNED, file, with_files(file, draft=acts.DRAFT_ID))
    assert (answer_files(drafted), len(waiting_files(drafted))) == ([], 1)
    returned = after(acts.RETURN, with_files(file), state=drafted)
    assert len(answer_files(returned)) == 1
    approved = after(acts.APPROVE, state=drafted)
    assert (len(answer_files(approved)), waiting_files(approved)) == (1, [])


def test_only_what_waits_is_sent_and_once() -> None:
    file = added()
    sent = after(*acts.ASSIGNED, acts.PHOTO, file, with_files(file), acts.REOPEN)
    for never in (file, acts.PHOTO, added()):
        with pytest.raises(refusals.NoSuchAnswerFileError):
            after(with_files(never), state=sent)
    many = [added() for _ in range(6)]
    with pytest.raises(refusals.TooManyFilesOfAnswerError):
        after(*acts.ASSIGNED, *many, with_files(*many))


def test_the_files_of_the_office_take_nothing_of_the_citizens_room() -> None:
    case = after(*acts.ASSIGNED, added(acts.LIMITS.taken))
    assert (case.attachments, case.attached) == (0, 0)
    assert after(acts.PHOTO, state=case).attachments == 1
    with pytest.raises(refusals.CaseFullError):
        after(added(1), state=case)
    with pytest.raises(refusals.TooManyAnswerFilesError):
        after(*acts.ASSIGNED, *(added() for _ in range(FILES_FOR_ANSWERS + 1)))


@pytest.mark.parametrize(
    ("by", "before", "error"),
    [
        (citizen(), acts.ASSIGNED, refusals.NotYourCaseError),
        (officer("officer-cici"), acts.ASSIGNED, refusals.NotYourCaseError),
        (officer().model_copy(update={"role": "staff:head"}), acts.ASSIGNED, WrongRoleError),
        (officer(), acts.ACKNOWLEDGED, refusals.NotAssignedError),
        (officer(), acts.CLARIFICATION_ASKED, refusals.CitizenAskedError),
        (officer(), acts.ANSWERED, refusals.AlreadyAnsweredError),
        (officer(), acts.CLOSED, refusals.EndedError),
        (officer(), acts.PASSED_ON, refusals.NotAssignedError),
    ],
)
def test_a_file_is_added_by_whoever_works_on_the_case(by: Any, before: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        after(*before, added().model_copy(update={"by": by}))


def test_nothing_of_an_erased_case_is_listed() -> None:
    file = added()
    left, sent = after(*acts.ASSIGNED, file), after(*acts.ASSIGNED, file, with_files(file))
    assert (len(waiting_files(left)), len(answer_files(sent))) == (1, 1)
    assert waiting_files(replace(left, erased=acts.MONDAY)) == []
    assert answer_files(replace(sent, erased=acts.MONDAY)) == []


# -- in the house


async def add(front: Front, filed: Any, content: bytes, headers: dict[str, str]) -> httpx.Response:
    where = f"/intake/api/cases/{filed['ticket']}/answer-files"
    return await front.client.post(where, files={"file": ("x.jpg", content, "image/jpeg")}, headers=headers)


async def worked_on(front: Front) -> Any:
    filed = await front.file()
    await front.handled(filed, ("acknowledge", None), ("assign", {"officer": "officer-ani"}))
    return filed


async def test_an_answer_carries_a_document_to_the_case_page(front: Front) -> None:
    filed = await worked_on(front)
    await attach(front, filed, photo("blue"), code(filed))
    once = front.staff() | {"Idempotency-Key": str(uuid4())}
    done = await add(front, filed, photo(), once)
    assert (done.status_code, (await add(front, filed, photo(), once)).json()["event_id"]) == (201, None)
    item = done.json()["item"]["item"]
    where = f"/intake/api/cases/{filed['ticket']}/files/{item}"
    assert (
        await front.client.post(where, json={"purpose": "handling"}, headers=code(filed))
    ).status_code == 404
    page = await opened(front, filed)
    assert "An officer added a document for the answer" in page.text
    assert (await get(front, f"/track/{filed['ticket']}/files/{item}")).status_code == 404
    assert (await front.track(filed))["files"] == []
    await front.handled(filed, ("answer", {"text": "Terlampir hasil uji.", "files": [item]}))
    answer = await front.client.post(where, json={"purpose": "handling"}, headers=code(filed))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert b"Rumah Bunga" not in answer.content
    page = await opened(front, filed)
    assert "Documents from the office" in page.text
    assert (await get(front, f"/track/{filed['ticket']}/files/{item}")).content == answer.content
    assert [each["item"] for each in (await front.track(filed))["files"]] == [item]
    last = (await front.office.steps(filed["ticket"]))[-1].parsed
    assert [ref["field"] for ref in last["data"]["items"]] == ["answer", ANSWER_FILE]
    front.client.cookies.clear()
    assert (await get(front, f"/track/{filed['ticket']}/files/{item}")).url.path == "/track"


async def test_an_officer_adds_documents_on_the_page_and_chooses_what_goes_along(front: Front) -> None:
    filed = await worked_on(front)
    where = f"/desk/cases/{filed['ticket']}"
    for color in ("red", "green"):
        sent = {"file": ("x.jpg", photo(color), "image/jpeg")}
        done = await front.client.post(f"{where}/answer-files", files=sent, headers=front.staff())
        assert done.status_code == 303, done.text
    wrong = {"file": ("x.exe", b"MZ" + b"\0" * 99, "image/jpeg")}
    refused = await front.client.post(f"{where}/answer-files", files=wrong, headers=front.staff())
    assert (refused.status_code, 'id="field-file-error"' in refused.text) == (422, True)
    first, second = waiting_files(await front.office.state(filed["ticket"]))
    page = await get(front, where, **front.staff())
    assert page.text.count('name="files.') == 2
    assert not re.search(r'name="files\.[^>]* checked', page.text), "a wrong one is not sent by itself"
    for file in (first, second):
        assert (
            page.text.count(f'href="#document-{file.item}"')
            == page.text.count(f'id="document-{file.item}"')
            == 1
        )
    before = front.recorded
    answer = await post(front, f"{where}/files/{first.item}", {"purpose": "handling"}, **front.staff())
    assert (answer.status_code, front.recorded) == (200, before + 1)
    form = {"answer": "Terlampir.", f"files.{second.item}": "yes"}
    assert (await post(front, f"{where}/answer", form, **front.staff())).status_code == 200
    case = await front.office.state(filed["ticket"])
    assert [each.item for each in answer_files(case)] == [second.item]
    assert [each.item for each in waiting_files(case)] == [first.item]
    made_up = {"answer": "Lagi.", f"files.{uuid4()}": "yes"}
    again = await post(front, f"{where}/answer", made_up, **front.staff())
    assert again.status_code == 422


async def test_nobody_else_adds_a_file_and_none_is_read(front: Front) -> None:
    filed = await worked_on(front)
    before = front.recorded
    refused = [
        await add(front, filed, photo(), headers)
        for headers in (code(filed), {}, front.staff("officer-cici"), front.staff("evi", "evaluator"))
    ]
    assert [each.status_code for each in refused] == [401, 401, 409, 403]
    assert front.recorded == before


async def test_what_was_sent_is_erased_with_the_case(front: Front) -> None:
    filed = await worked_on(front)
    item = (await add(front, filed, photo(), front.staff())).json()["item"]["item"]
    await front.handled(filed, ("answer", {"text": "Terlampir.", "files": [item]}), ("close", None))
    await front.handled(filed, ("ask-erasure", {"reason": "subject_request"}))
    boss = front.staff("supervisor-budi", "supervisor")
    assert (await front.act(filed, "approve-erasure", headers=boss)).status_code == 200
    where = f"/intake/api/cases/{filed['ticket']}/files/{item}"
    gone = await front.client.post(where, json={"purpose": "handling"}, headers=code(filed))
    assert (gone.status_code, gone.json()["type"]) == (409, "urn:zona:problem:erased")
    assert (await front.track(filed))["files"] == []


async def test_the_evidence_has_what_was_sent_once_and_nothing_else(front: Front) -> None:
    filed = await worked_on(front)
    items = [
        (await add(front, filed, photo(color), front.staff())).json()["item"]["item"]
        for color in ("red", "blue")
    ]
    await front.handled(filed, ("answer", {"text": "Terlampir.", "files": items[:1]}))
    await logged(front, filed["ticket"])
    private = take(await fetched(front, filed)).private
    assert [each.item_id for each in private if each.field == ANSWER_FILE] == items[:1]
