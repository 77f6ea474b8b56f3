"""A statement changes by one product or document at a time, and keeps everything else."""

from tests.certificates.officials import item, named
from tests.certificates.steps import product, statement

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
    kept = stated.outlined(Outline(kinds=("ski_border",), goods="kosmetik"))
    assert kept.parties == stated.parties
