"""A forum over a real store: its codes, limits, once-only support, closing, and what its messages give away."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.integrity.domain.test_conflict import DAY
from tests.integrity.forum_office import FIRST, TERMS, ForumOffice, forum_office, named

from zi_chassis.email_address import mailbox_of
from zi_integrity.domain.forum import (
    ForumNotOpenError,
    ForumNotPlannableError,
    ForumNotPlannedError,
    ForumOverError,
    ForumStillOpenError,
    ForumTermsError,
)
from zi_integrity.domain.participant import BatchSizeError, TooManyCodesError
from zi_integrity.domain.proposal import (
    AlreadySupportedError,
    AnotherProposalError,
    HideComment,
    HideProposal,
    NoSuchProposalError,
    ProposalNotPublicError,
    PublishComment,
    SettleProposal,
)
from zi_integrity.domain.sent_once import AnotherTextError
from zi_integrity.read.forum_agenda import agenda
from zi_integrity.read.forums import ADDRESS, codes_by_kind, forum_by_number, reached
from zi_integrity.read.proposals import comments_on, count_comments, proposals_of, tallies_of
from zi_integrity.use_cases.forum_planning import ForumTermsGiven
from zi_integrity.use_cases.participation import UnknownCodeError
from zi_integrity.use_cases.proposing import PaperEntry, TooManyCommentsError, TooManyProposalsError

PAPER = PaperEntry("media", "Papan tarif", "Pasang tarif di depan loket.", "koran@contoh.example")


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[ForumOffice]:
    async with forum_office(tmp_path) as office:
        yield office


async def test_forums_are_numbered_by_year_and_the_same_form_plans_one(there: ForumOffice) -> None:
    assert await there.planned() == "2026-1"
    assert await there.planned() == "2026-1"
    assert await there.planned(key="second") == "2026-2"


async def test_a_code_of_each_kind_finds_its_participant_and_no_other(there: ForumOffice) -> None:
    await there.opened()
    mailed, [printed] = await there.mailed(), await there.printed(1, "media", "attendance")
    participation = there.office.participation
    found = [await participation.participant_by_code(code) for code in (mailed, printed, printed.lower())]
    assert [each.kind for each in found] == ["email", "attendance", "attendance"]
    assert [each.group for each in found] == ["users", "media", "media"]
    assert found[1].reference == found[2].reference != found[0].reference
    for forged in ("0000-0000-0000", "nonsense", ""):
        with pytest.raises(UnknownCodeError):
            await participation.participant_by_code(forged)


async def test_one_address_is_one_participant_however_it_is_written(there: ForumOffice) -> None:
    await there.opened()
    first = await there.mailed("Warga.Satu+fkp@Contoh.example ")
    second = await there.mailed("warga.satu@contoh.example")
    with pytest.raises(UnknownCodeError):
        await there.office.participation.participant_by_code(first)
    assert (await there.office.participation.participant_by_code(second)).kind == "email"
    assert len({each.aggregate for each in there.messages("participant_code_issued")}) == 1
    assert mailbox_of("+@contoh.example") == "+@contoh.example"


async def test_dots_make_no_other_participant_where_the_provider_ignores_them(there: ForumOffice) -> None:
    await there.opened()
    first = await there.mailed("w.arga.contoh@gmail.com")
    await there.mailed("wargacontoh@gmail.com")
    with pytest.raises(UnknownCodeError):
        await there.office.participation.participant_by_code(first)
    assert len({each.aggregate for each in there.messages("participant_code_issued")}) == 1


async def test_an_address_gets_five_codes_and_not_a_sixth(there: ForumOffice) -> None:
    await there.opened()
    for _ in range(5):
        await there.mailed()
    with pytest.raises(TooManyCodesError):
        await there.mailed()


async def test_a_code_of_another_forum_is_unknown(there: ForumOffice) -> None:
    await there.opened()
    second = await there.planned(key="second")
    await there.office.forum_planning.open(there.staff(), second)
    [code] = await there.printed(1, number=second)
    with pytest.raises(UnknownCodeError):
        await there.proposed(code)


async def test_codes_are_printed_in_batches_of_a_limited_size(there: ForumOffice) -> None:
    await there.planned()
    codes = await there.printed(100)
    assert len(set(codes)) == 100
    for size in (0, -1, 101, 10**9):
        with pytest.raises(BatchSizeError):
            await there.printed(size)
    with pytest.raises(ForumTermsError):
        await there.printed(1, "experts")
    row = await there.office.participation.forum(FIRST)
    assert await there.office.store.query(lambda tx: codes_by_kind(tx, row.forum)) == {"counter": 100}


async def test_the_same_form_prints_the_same_codes(there: ForumOffice) -> None:
    await there.planned()
    by = there.staff("officer-budi", "officer")
    first, again = [
        await there.office.participation.print_codes(by, named("key"), FIRST, "users", "counter", 3)
        for _ in range(2)
    ]
    assert first == again
    assert len(there.messages("participant_codes_printed")) == 1


async def test_a_thousand_proposals_by_one_address_end_at_the_limit(there: ForumOffice) -> None:
    await there.opened()
    code = await there.mailed()
    refused = 0
    for number in range(1_000):
        try:
            await there.proposed(code, f"Usulan {number}")
        except TooManyProposalsError:
            refused += 1
    assert refused == 990
    row = await there.office.participation.forum(FIRST)
    assert (await there.office.store.query(lambda tx: tallies_of(tx, row.forum))).all == 10


async def test_a_repeat_is_one_proposal_also_at_the_limit_and_after_the_end(there: ForumOffice) -> None:
    await there.opened()
    [code] = await there.printed(1)
    key = uuid4()
    assert await there.proposed(code, key=key) == 1
    for number in range(9):
        await there.proposed(code, f"Usulan {number}")
    await there.pass_time(15 * DAY)
    assert await there.proposed(code, key=key) == 1
    with pytest.raises(AnotherProposalError):
        await there.proposed(code, "Lain", key=key)


async def test_support_counts_once_whatever_the_device_and_before_and_after_it_is_counted(
    there: ForumOffice,
) -> None:
    await there.opened()
    code, other = await there.printed(2)
    proposal = await there.published(code)
    await there.support(proposal, code)
    with pytest.raises(AlreadySupportedError):
        await there.support(proposal, code.lower().replace("-", " "))
    await there.pass_time(DAY)
    assert await there.count() == 1
    with pytest.raises(AlreadySupportedError):
        await there.support(proposal, code)
    await there.support(proposal, other)
    assert (await there.row()).support == 1
    await there.pass_time(DAY)
    await there.count()
    assert (await there.row()).support == 2
    assert await there.count() == 0


async def test_support_is_counted_at_once_when_the_forum_is_over(there: ForumOffice) -> None:
    await there.opened()
    codes = await there.printed(3)
    proposal = await there.published(codes[0])
    there.clock.at += 14 * DAY - timedelta(minutes=1)
    for code in codes:
        await there.support(proposal, code)
    await there.pass_time(timedelta(minutes=1))
    await there.count()
    assert (await there.row()).support == 3
    with pytest.raises(ForumOverError):
        await there.support(proposal, codes[0])


async def test_nothing_of_the_box_is_lost_when_the_read_models_are_made_anew(tmp_path: Path) -> None:
    async with forum_office(tmp_path) as there:
        await there.opened()
        first, second = await there.printed(2)
        proposal = await there.published(first)
        await there.support(proposal, first)
        await there.pass_time(DAY)
        await there.count()
        await there.support(proposal, second)
        with there.office.store.database.transaction() as tx:
            tx.execute("UPDATE read_models SET version = 0")
        at = there.clock.at
    async with forum_office(tmp_path) as there:
        there.clock.at = at
        assert (await there.row()).support == 1
        with pytest.raises(AlreadySupportedError):
            await there.support(proposal, second)
        await there.pass_time(DAY)
        await there.count()
        assert (await there.row()).support == 2


async def test_messages_do_not_tell_who_supported_what(there: ForumOffice) -> None:
    """Two participants support two proposals, in either order: the published signs have nothing in common and no order of time."""
    await there.opened()
    codes = [await there.mailed(f"warga{n}@contoh.example") for n in range(4)]
    participants = [(await there.office.participation.participant_by_code(code)).reference for code in codes]
    first, second = await there.published(codes[0], "Satu"), await there.published(codes[1], "Dua")
    signs = {code: [await there.support(each, code) for each in (first, second)] for code in codes}
    await there.pass_time(DAY)
    await there.count()
    counted = there.messages("support_counted")
    assert [len(each.data["signs"]) for each in counted] == [4, 4]
    for message in counted:
        assert message.data["signs"] == sorted(message.data["signs"])
        assert message.actor == "system:integrity"
    assert set(counted[0].data["signs"]).isdisjoint(counted[1].data["signs"])
    assert {sign for each in signs.values() for sign in each} == {
        sign for message in counted for sign in message.data["signs"]
    }
    published = "".join(each.model_dump_json() for each in there.messages() if "code" not in each.event)
    assert not any(str(each) in published for each in participants)


async def test_no_code_address_or_text_stands_outside_the_vault(there: ForumOffice) -> None:
    await there.opened()
    code = await there.mailed("warga@contoh.example")
    [printed] = await there.printed(1)
    await there.proposed(code, "Judul rahasia")
    await there.proposed(printed, "Judul rahasia")
    await there.office.proposing.enter(there.staff(), uuid4(), FIRST, PAPER, "id")
    content = b"".join(
        each.read_bytes() for each in there.office.settings.folder.rglob("*") if each.is_file()
    )
    for text in (code, printed, "warga@contoh", "Judul rahasia", "hari Sabtu", "koran@contoh", "Papan tarif"):
        assert text.encode() not in content


async def test_groups_are_reached_by_whoever_took_part(there: ForumOffice) -> None:
    await there.opened()
    user, reporter = (await there.printed(2))[0], (await there.printed(1, "media"))[0]
    proposal = await there.published(user)
    await there.support(proposal, user)
    await there.support(proposal, reporter)
    row = await there.office.participation.forum(FIRST)
    counted = await there.office.store.query(lambda tx: reached(tx, row.forum, ["users", "media"]))
    assert [(each.group, each.count) for each in counted] == [("users", 1), ("media", 1)]


async def test_a_forum_closes_by_itself_and_without_quorum_it_is_extended(there: ForumOffice) -> None:
    await there.opened(quorum=2)
    [code] = await there.printed(1)
    await there.proposed(code)
    await there.pass_time(14 * DAY)
    [closed] = there.messages("forum_closed")
    assert (closed.data["has_quorum"], closed.data["proposals"]) == (False, 1)
    assert closed.actor == "system:integrity"
    with pytest.raises(ForumOverError):
        await there.proposed(code)
    now = there.clock.now()
    await there.office.forum_planning.extend(there.staff(), FIRST, now + DAY, now + 7 * DAY)
    [reporter] = await there.printed(1, "media")
    await there.proposed(reporter)
    await there.pass_time(7 * DAY)
    assert there.messages("forum_closed")[-1].data["has_quorum"]


async def test_an_officer_closes_it_only_after_its_time(there: ForumOffice) -> None:
    await there.opened()
    with pytest.raises(ForumStillOpenError):
        await there.office.forum_planning.close(there.staff(), FIRST)
    there.clock.at += 14 * DAY
    await there.office.forum_planning.close(there.staff(), FIRST)
    await there.pass_time(DAY)
    assert len(there.messages("forum_closed")) == 1


async def test_a_timer_of_a_forum_that_never_opened_is_pointless(there: ForumOffice) -> None:
    await there.planned()
    await there.pass_time(15 * DAY)
    assert not there.messages("forum_closed")


async def test_a_forum_that_is_not_there_or_not_open_takes_nothing(there: ForumOffice) -> None:
    with pytest.raises(ForumNotPlannedError):
        await there.mailed()
    await there.planned()
    with pytest.raises(ForumNotOpenError):
        await there.mailed()
    [code] = await there.printed(1)
    with pytest.raises(ForumNotOpenError):
        await there.proposed(code)
    await there.office.forum_planning.cancel(there.staff("head-umar", "head"), FIRST, "disaster")
    with pytest.raises(ForumNotPlannableError):
        await there.printed(1)


async def test_comments_are_limited_moderated_and_counted(there: ForumOffice) -> None:
    await there.opened()
    [code] = await there.printed(1)
    proposal = await there.published(code)
    office, by = there.office.proposing, there.staff()
    key = uuid4()
    for each in (key, key, *(uuid4() for _ in range(29))):
        await office.comment(there.public(), each, FIRST, proposal, code, "Setuju.")
    with pytest.raises(TooManyCommentsError):
        await office.comment(there.public(), uuid4(), FIRST, proposal, code, "Setuju.")
    await office.comment(there.public(), key, FIRST, proposal, code, "Setuju.")
    with pytest.raises(AnotherTextError):
        await office.comment(there.public(), key, FIRST, proposal, code, "Tidak setuju.")
    row = await there.row()
    waiting = await there.office.store.query(lambda tx: comments_on(tx, row.proposal, 1, moderated=False))
    await office.moderate(FIRST, proposal, PublishComment(by=by, comment=waiting[0].comment))
    await office.moderate(FIRST, proposal, HideComment(by=by, comment=waiting[1].comment, reason="insult"))
    comments = await there.office.store.query(lambda tx: comments_on(tx, row.proposal, 1))
    assert [each.hidden_for for each in comments] == [None, "insult"]
    assert await there.office.store.query(lambda tx: count_comments(tx, row.proposal)) == 2
    assert ((await there.row()).comments, (await there.row()).waiting) == (1, 28)


async def test_a_paper_is_entered_once_and_marked_and_its_moderator_too(there: ForumOffice) -> None:
    await there.opened()
    by, office = there.staff(), there.office.proposing
    assert [await office.enter(by, named("paper"), FIRST, PAPER, "id") for _ in range(2)] == [1, 1]
    await office.moderate(FIRST, 1, HideProposal(by=by, reason="duplicate", duplicate_of=7))
    row = await there.row()
    assert (row.channel, row.own_entry, row.duplicate_of) == ("paper", True, 7)
    with pytest.raises(ProposalNotPublicError):
        await office.enter_comment(by, uuid4(), FIRST, 1, "users", "Baik.")
    with pytest.raises(NoSuchProposalError):
        await office.enter_comment(by, uuid4(), FIRST, 2, "users", "Baik.")


async def test_proposals_are_answered_after_the_forum_also_hidden_ones(there: ForumOffice) -> None:
    await there.opened()
    codes = await there.printed(2)
    await there.published(codes[0])
    await there.proposed(codes[1])
    settle = SettleProposal(by=there.staff(), outcome="refused", grounds="Sudah ada.")
    with pytest.raises(ForumStillOpenError):
        await there.office.proposing.settle(FIRST, 1, settle)
    await there.pass_time(15 * DAY)
    await there.office.proposing.moderate(FIRST, 2, HideProposal(by=there.staff(), reason="off_topic"))
    for proposal in (1, 2):
        await there.office.proposing.settle(FIRST, proposal, settle)
    row = await there.office.participation.forum(FIRST)
    assert (await there.office.store.query(lambda tx: tallies_of(tx, row.forum))).unanswered == 0
    [first, _] = there.messages("proposal_settled")
    assert (first.data["grounds"], first.data["reachable_by"]) == ("Sudah ada.", [])


async def test_whoever_proposed_by_email_can_be_told(there: ForumOffice) -> None:
    await there.opened()
    await there.proposed(await there.mailed("warga@contoh.example"))
    await there.proposed((await there.printed(1))[0])
    [made, other] = there.messages("proposal_made")
    assert (made.data["reachable_by"], other.data["reachable_by"]) == (["email"], [])
    opened = {
        item.item: item.field
        for item in await there.office.personal_data.items_of(UUID(made.data["data_subject"]))
    }
    [address] = [item for item, field in opened.items() if field == ADDRESS]
    found = await there.office.store.query(lambda tx: there.office.vault.open(tx, [address]))
    assert found[address].text == "warga@contoh.example"
    assert {made.data["data_subject"], str(made.aggregate)}.isdisjoint(
        {message.data.get("data_subject") for message in there.messages("participant_code_issued")}
    )


async def test_the_agenda_is_what_the_records_of_the_office_say(there: ForumOffice) -> None:
    await there.opened()
    await there.proposed((await there.printed(1))[0])
    await there.pass_time(15 * DAY)
    with there.office.store.database.transaction() as tx:
        tx.execute("INSERT INTO complaint_counts VALUES ('2026-11', 'product: food', 7)")
        tx.execute("INSERT INTO complaint_counts VALUES ('2020-01', 'service', 9)")
        columns = "survey_window, kind, quarter, opens, closes, status, answers, target, whole_index"
        tx.execute(
            f"INSERT INTO survey_windows ({columns}) VALUES"
            " ('w', 'skm', '2026-Q3', '2026-07-01', '2026-09-30', 'published', 44, 40, '83.33')"
        )
        columns = (
            "standard, service, id, after, status, terms, title, begun_at, begun_by, changed_at, follows"
        )
        tx.execute(
            f"INSERT INTO standards ({columns}, overdue, review_due) VALUES"
            " ('s', 'ski', 'ski', 0, 'adopted', '{}', '', '', '', '', '[]', 0, '2026-12-01')"
        )
    terms = ForumTermsGiven(
        **vars(TERMS) | {"begins": there.clock.now() + DAY, "closes_on": there.clock.now() + 7 * DAY}
    )
    second = await there.office.forum_planning.plan(there.staff(), named("second"), terms)
    await there.office.forum_planning.open(there.staff(), second)
    row = await there.office.store.query(lambda tx: forum_by_number(tx, second))
    assert row is not None
    assert [(each.source, each.subject, each.count) for each in row.agenda] == [
        ("complaints", "product: food", 7),
        ("survey_results", "SKM 2026-Q3: 83.33", 44),
        ("overdue_reviews", "ski", 1),
        ("unanswered_proposals", "FKP-2026-1", 1),
    ]


@pytest.mark.parametrize(
    ("complaints", "expected"),
    [
        ({"product: food": 9, "product: cosmetics": 5}, [("product: food", 9), ("product: cosmetics", 5)]),
        ({"product: food": 9, "service": 3, "product: cosmetics": 2}, [("product: food", 9), ("together", 5)]),
        ({"product: food": 9, "service": 6, "product: cosmetics": 1}, [("product: food", 9), ("together", 7)]),
        ({"product: food": 9, "product: cosmetics": 1}, []),
        ({"product: cosmetics": 1}, []),
        ({f"product: {n}": 5 + n for n in range(12)} | {"service": 4}, None),
        ({f"product: {n}": 99 - n for n in range(11)}, [(f"product: {n}", 99 - n) for n in range(10)]),
        ({}, []),
    ],
)  # fmt: skip
async def test_no_agenda_tells_a_number_of_complaints_below_five(
    there: ForumOffice, complaints: dict[str, int], expected: list[tuple[str, int]] | None
) -> None:
    """In a small place, one complaint about cosmetics is one about a shop that everybody knows."""
    with there.office.store.database.transaction() as tx:
        for kind, number in complaints.items():
            tx.execute("INSERT INTO complaint_counts VALUES ('2026-11', ?, ?)", kind, number)
    entries = await there.office.store.query(lambda tx: agenda(tx, there.clock.now()))
    found = [(each.subject, each.count) for each in entries if each.source == "complaints"]
    if expected is None:
        assert (len(found), found[-1]) == (10, ("together", 9))
    else:
        assert found == expected


async def test_proposals_are_listed_in_each_order_and_page_after_page(there: ForumOffice) -> None:
    await there.opened()
    codes = await there.printed(3)
    for code in codes:
        for title in range(8):
            await there.published(code, f"Usulan {title}")
    await there.support(5, codes[0])
    await there.pass_time(15 * DAY)
    await there.count()
    settle = SettleProposal(by=there.staff(), outcome="refused", grounds="Sudah ada.")
    await there.office.proposing.settle(FIRST, 1, settle)
    row = await there.office.participation.forum(FIRST)

    async def page(order: str, page: int) -> list[int]:
        rows = await there.office.store.query(
            lambda tx: proposals_of(tx, row.forum, order, page)  # type: ignore[arg-type]
        )
        return [each.number for each in rows]

    assert (await page("newest", 1))[0] == 24
    assert await page("newest", 2) == [4, 3, 2, 1]
    assert (await page("support", 1))[0] == 5
    assert (await page("unanswered", 2))[-1] == 1
    assert isinstance(row.forum, UUID)


async def test_a_forum_goes_its_way_on_either_database(tmp_path: Path, place: str) -> None:
    database = place if place.startswith("postgres") else ""
    async with forum_office(tmp_path, database) as there:
        await there.opened(quorum=2)
        code, [reporter] = await there.mailed(), await there.printed(1, "media")
        proposal = await there.published(code)
        await there.support(proposal, reporter)
        with pytest.raises(AlreadySupportedError):
            await there.support(proposal, reporter)
        await there.office.proposing.comment(there.public(), uuid4(), FIRST, proposal, reporter, "Baik.")
        await there.pass_time(15 * DAY)
        assert await there.count() == 1
        assert there.messages("forum_closed")[0].data["has_quorum"]
        settle = SettleProposal(by=there.staff(), outcome="accepted", grounds="Mulai Senin.")
        await there.office.proposing.settle(FIRST, proposal, settle)
        row = await there.row()
        assert (row.support, row.waiting, row.outcome) == (1, 1, "accepted")
        for order in ("newest", "support", "unanswered"):
            rows = await there.office.store.query(
                lambda tx, order=order: proposals_of(tx, row.forum, order, 1)  # type: ignore[misc]
            )
            assert [each.number for each in rows] == [1]
        tallies = await there.office.store.query(lambda tx: tallies_of(tx, row.forum))
        assert (tallies.all, tallies.comments_waiting, tallies.unanswered) == (1, 1, 0)


async def test_of_many_contributions_nothing_stands_outside_the_vault(there: ForumOffice) -> None:
    """The searched word is in every text, every address and every name of an addressee."""
    await there.opened()
    for code in await there.printed(20):
        for number in range(5):
            await there.office.proposing.propose(
                there.public(), uuid4(), FIRST, code, f"Rahasia{number} judul", "Rahasia isi", "id"
            )
    await there.mailed("rahasia@contoh.example")
    await there.office.forum_planning.invite(there.staff(), uuid4(), FIRST, "media", "Rahasia penerima")
    messages = "".join(each.model_dump_json() for each in there.messages())
    files = b"".join(each.read_bytes() for each in there.office.settings.folder.rglob("*") if each.is_file())
    assert "rahasia" not in messages.lower()
    assert b"rahasia" not in files.lower()
