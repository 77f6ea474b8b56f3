"""An entry of a company's master data: its versions, and who can do what with it."""

from datetime import date

import pytest
from pydantic import TypeAdapter
from tests.certificates.officials import BUSINESS, HOUR, MONDAY, applicant, evaluator, item, named

from zi_certificates.domain import master_entry as entries
from zi_certificates.domain.master_content import (
    MasterContent,
    MasterOrigin,
    MasterPermit,
    MasterProducer,
    MasterProduct,
    MasterSupplier,
    MasterText,
    content_digest,
    prefilled,
    with_texts,
)
from zi_certificates.domain.master_entry import MasterCommands, MasterEntry, decide, evolve
from zi_certificates.domain.statement import MOST_REVISIONS
from zi_chassis.domain import DomainError, UnseenSignError, WrongRoleError

ACCOUNT = named("account")
PRODUCER = MasterProducer(
    label="Pabrik Utara",
    country="CN",
    permits=(MasterPermit(scheme="gacc", number="CIDN0001", valid_until=date(2028, 1, 31)),),
)
PRODUCT = MasterProduct(
    label="Kecap Contoh",
    kind_name="kecap manis",
    registration_number="MD123456789012",
    hs_code="21039012",
    unit="kg",
    pack="botol",
    composition=("kedelai", "gula"),
    shelf_life_months=18,
    producer=named("producer"),
)
NAME = MasterText(ticket="3C7K9M2QA", item=item("master.name"))
CONTACT = MasterText(ticket="3C7K9M2QA", item=item("master.contact"))
ADD = entries.AddMasterEntry(
    by=applicant(),
    account=ACCOUNT,
    reference="3C7K9M2QA",
    business_ref=BUSINESS,
    content=PRODUCER,
    texts=(NAME,),
)
RENAMED = PRODUCER.model_copy(update={"label": "Pabrik Selatan"})
CHANGE = entries.ChangeMasterEntry(
    by=applicant(MONDAY + HOUR), account=ACCOUNT, revision=1, content=RENAMED, texts=(NAME, CONTACT)
)
RETIRE = entries.RetireMasterEntry(by=applicant(), account=ACCOUNT, revision=1)
RESTORE = entries.RestoreMasterEntry(by=applicant(), account=ACCOUNT, revision=1)
LATER: tuple[MasterCommands, ...] = (CHANGE, RETIRE, RESTORE)


def after(*commands: MasterCommands) -> MasterEntry:
    state = entries.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def test_an_entry_has_a_first_version() -> None:
    new = after(ADD)
    assert (new.content, new.texts, new.revision, new.retired) == (PRODUCER, (NAME,), 1, False)
    assert (new.at, new.digest) == (MONDAY, content_digest(PRODUCER, (NAME,)))


def test_each_change_is_a_version_and_the_digest_tells_them_apart() -> None:
    changed = after(ADD, CHANGE)
    assert (changed.content, changed.texts, changed.revision) == (RENAMED, (NAME, CONTACT), 2)
    assert changed.at == MONDAY + HOUR
    assert changed.digest != after(ADD).digest


def test_what_is_stated_as_it_is_changes_nothing() -> None:
    same = CHANGE.model_copy(update={"content": PRODUCER, "texts": (NAME,)})
    assert decide(same, after(ADD)) == []


def test_two_who_change_the_same_version_do_not_overwrite_each_other() -> None:
    for command in LATER:
        with pytest.raises(entries.EntryChangedError):
            decide(command, after(ADD, CHANGE))


def test_a_retired_entry_is_changed_once_it_is_taken_back() -> None:
    retired = after(ADD, RETIRE)
    assert retired.retired
    assert decide(RETIRE, retired) == []
    with pytest.raises(entries.EntryRetiredError):
        decide(CHANGE, retired)
    back = after(ADD, RETIRE, RESTORE, CHANGE)
    assert (back.retired, back.content) == (False, RENAMED)
    assert decide(RESTORE, after(ADD)) == []


def test_an_entry_stays_what_it_is() -> None:
    other = CHANGE.model_copy(update={"content": MasterSupplier(label="Pabrik Utara", country="CN")})
    with pytest.raises(entries.OtherEntryKindError):
        decide(other, after(ADD))


@pytest.mark.parametrize("command", LATER)
def test_nothing_is_done_with_an_entry_that_nobody_stated(command: MasterCommands) -> None:
    with pytest.raises(entries.NoSuchEntryError):
        decide(command, entries.initial)


@pytest.mark.parametrize("command", [ADD, *LATER])
def test_another_companys_entry_is_none(command: MasterCommands) -> None:
    with pytest.raises(entries.NoSuchEntryError):
        decide(command.model_copy(update={"account": named("another account")}), after(ADD))


@pytest.mark.parametrize("command", [ADD, *LATER])
def test_no_official_writes_a_companys_data(command: MasterCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": evaluator()}), after(ADD))


def test_a_repeat_changes_nothing() -> None:
    request = named("request")
    for number, command in enumerate((ADD, CHANGE, RETIRE, RESTORE)):
        repeated = command.model_copy(update={"request": request})
        before = (ADD,) if number else ()
        assert decide(repeated, after(*before, repeated)) == []


def test_an_entry_is_added_once() -> None:
    with pytest.raises(entries.EntryStatedError):
        decide(ADD, after(ADD))


def test_a_company_has_a_limit_of_entries_and_an_entry_of_versions() -> None:
    with pytest.raises(entries.TooManyMasterEntriesError):
        decide(ADD.model_copy(update={"present": entries.MOST_ENTRIES}), entries.initial)
    full = MasterEntry(added=after(ADD).added, content=PRODUCER, revision=MOST_REVISIONS)
    with pytest.raises(entries.TooManyEntryVersionsError):
        decide(CHANGE.model_copy(update={"revision": MOST_REVISIONS}), full)


def test_a_name_has_one_line() -> None:
    assert after(ADD.model_copy(update={"content": PRODUCT})).content == PRODUCT
    with pytest.raises(UnseenSignError):
        entries.AddMasterEntry(
            **{**dict(ADD), "content": PRODUCT.model_copy(update={"label": "Kecap\nContoh"})}
        )


def test_texts_are_replaced_by_their_field_and_withdrawn() -> None:
    other = MasterText(ticket="7T2M4K9QB", item=item("master.name"))
    assert with_texts((NAME, CONTACT), [other], []) == (CONTACT, other)
    assert with_texts((NAME, CONTACT), [], ["master.contact"]) == (NAME,)


def test_a_product_fills_in_what_it_says_of_itself() -> None:
    assert prefilled(PRODUCT) == {
        "product": "Kecap Contoh",
        "registration_number": "MD123456789012",
        "hs_code": "21039012",
        "unit": "kg",
        "pack": "botol",
    }
    assert prefilled(MasterProduct(label="Kecap")) == {"product": "Kecap"}


@pytest.mark.parametrize("content", [PRODUCER, PRODUCT, MasterSupplier(label="Toko", country="MY")])
def test_each_kind_is_read_back_as_it_was_written(content: MasterContent) -> None:
    adapter: TypeAdapter[MasterContent] = TypeAdapter(MasterContent)
    assert adapter.validate_json(content.model_dump_json()) == content


def test_an_origin_is_part_of_a_version() -> None:
    origin = MasterOrigin(case="3C7K9M2Q5", product=1, number_checked=True)
    handed_over = CHANGE.model_copy(update={"content": PRODUCER, "texts": (NAME,), "origin": origin})
    assert after(ADD, handed_over).origin == origin


def test_every_error_has_its_sentence() -> None:
    errors: list[type[DomainError]] = entries.MasterError.__subclasses__()  # type: ignore[assignment]
    assert len({str(each()) for each in errors}) == len(errors)
