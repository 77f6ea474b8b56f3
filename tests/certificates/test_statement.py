"""A statement changes by one product or document at a time, and keeps everything else."""

from tests.certificates.officials import item, named
from tests.certificates.steps import product, statement

from zi_certificates.domain.master_content import UsedEntry
from zi_certificates.domain.statement import Document, Outline

WHOLE = Document(kind="invoice", file=item("invoice"))
BOTH = Document(kind="label", file=item("label"), products=(1, 2))
SECOND = Document(kind="analysis", file=item("analysis"), products=(2,))


def test_a_new_outline_leaves_products_and_documents() -> None:
    before = statement().with_document(WHOLE)
    after = before.outlined(Outline(kinds=("ski_border",), goods="kosmetik"))
    assert (after.goods, after.kinds) == ("kosmetik", ("ski_border",))
    assert (after.products, after.documents) == (before.products, before.documents)


def test_added_products_are_numbered_after_the_last() -> None:
    added = statement().with_products([product(7, "B-7"), product(7, "B-8")])
    assert [(each.number, each.batch) for each in added.products][1:] == [(2, "B-7"), (3, "B-8")]
    assert [each.number for each in added.without_product(1).with_products([product()]).products] == [2, 3, 4]


def test_a_product_is_replaced_by_its_number() -> None:
    changed = statement().with_products([product()]).with_product(product(2, "B-2"))
    assert [each.batch for each in changed.products] == [statement().products[0].batch, "B-2"]


def test_a_removed_product_takes_the_documents_about_it_alone_along() -> None:
    before = statement().with_products([product()])
    for document in (WHOLE, BOTH, SECOND):
        before = before.with_document(document)
    after = before.without_product(2)
    assert [each.number for each in after.products] == [1]
    left = {each.file.item: each.products for each in after.documents}
    assert SECOND.file.item not in left
    assert (left[WHOLE.file.item], left[BOTH.file.item]) == ((), (1,))


def test_a_document_of_the_same_file_is_replaced_and_can_be_removed() -> None:
    twice = statement().with_document(BOTH).with_document(BOTH.model_copy(update={"products": (1,)}))
    assert [each.products for each in twice.documents if each.file.item == BOTH.file.item] == [(1,)]
    assert BOTH.file.item not in {each.file.item for each in twice.without_document(BOTH.file.item).documents}


def test_a_party_stated_anew_takes_the_place_of_the_former_and_one_withdrawn_goes() -> None:
    producer, other, consignee = (
        item("letter.producer"),
        item("letter.producer").model_copy(update={"item": named("other")}),
        item("letter.consignee"),
    )
    stated = statement().with_parties([producer, consignee], ())
    assert stated.with_parties([other], ()).parties == (consignee, other)
    assert stated.with_parties([], ["letter.producer"]).parties == (consignee,)
    outlined = stated.outlined(Outline(kinds=("ski_border",), goods="kosmetik"))
    assert outlined.parties == stated.parties


def test_an_amendment_repeats_it_for_one_letter_and_leaves_documents_where_they_are() -> None:
    stated = statement("ski_post_border", "ski_border").with_parties([item("letter.producer")], ())
    amending = stated.amending("ski_border", "3C7K9M2Q5")
    assert amending.kinds == ("ski_border",)
    [document], [party] = amending.documents, amending.parties
    assert {amending.ticket_of(each, "other") for each in (document.file.item, party.item)} == {"3C7K9M2Q5"}
    assert amending.ticket_of(named("new"), "other") == "other"
    assert amending.amending("ski_border", "4D8M1N3R6").carried == amending.carried


def test_what_a_product_was_filled_in_from_is_replaced_for_that_product_alone() -> None:
    entry = UsedEntry(entry=named("entry"), kind="producer", revision=1, digest="a" * 64)
    both = statement().with_used(1, [entry]).with_used(None, [entry])
    assert [each.product for each in both.used] == [1, None]
    newer = both.with_used(1, [entry.model_copy(update={"revision": 2})])
    assert [(each.product, each.revision) for each in newer.used] == [(None, 1), (1, 2)]
