"""A business hands its products over to an application of its own: it agrees to what it was shown, and can take it back."""

import pytest
from tests.umkm.steps import PERMANENT, TICKET, item, mentor, named, owner

from zi_chassis.domain import WrongRoleError
from zi_umkm.domain import errors, handover
from zi_umkm.domain.handover import Handover, HandoverCommands, decide, digest_of, evolve

TO = "0EXAMP1E0"
COMPOSITION, PACK = item("product.composition"), item("product.pack")
DESCRIBE = handover.DescribeProduct(
    by=owner(), ticket=TICKET, product=1, known=frozenset({1, 2}), items=(COMPOSITION, PACK)
)
READY = (handover.HandedProduct(product=1, number="MD123456789012", items=(COMPOSITION, PACK)),)
HAND_OVER = handover.HandOverProducts(
    by=owner(),
    ticket=TICKET,
    to=TO,
    business_ref=PERMANENT,
    is_numbered=True,
    agreed=digest_of(READY),
    products=READY,
)
END_HANDOVER = handover.EndHandover(by=owner(), ticket=TICKET, to=TO)
COMMANDS: tuple[HandoverCommands, ...] = (DESCRIBE, HAND_OVER, END_HANDOVER)


def after(*commands: HandoverCommands) -> Handover:
    state = handover.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def test_a_product_is_described_by_field() -> None:
    newer = COMPOSITION.model_copy(update={"item": named("newer")})
    described = after(DESCRIBE, DESCRIBE.model_copy(update={"items": (newer,)})).described[1]
    assert described == (PACK, newer)


def test_a_product_that_the_business_does_not_make_is_not_described() -> None:
    with pytest.raises(errors.UnknownProductError):
        decide(DESCRIBE.model_copy(update={"product": 3}), handover.initial)


def test_it_stands_until_it_is_taken_back() -> None:
    standing = after(HAND_OVER)
    assert standing.standing[TO].products == READY
    assert decide(HAND_OVER, standing) == []
    ended = after(HAND_OVER, END_HANDOVER)
    assert (ended.standing, list(ended.ended)) == ({}, [TO])
    assert decide(END_HANDOVER, ended) == []
    assert after(HAND_OVER, END_HANDOVER, HAND_OVER).ended == {}


def test_only_what_was_shown_is_agreed_to() -> None:
    with pytest.raises(errors.SharedChangedError):
        decide(HAND_OVER.model_copy(update={"agreed": digest_of(())}), handover.initial)


def test_other_products_to_the_same_application_take_the_place_of_those_before() -> None:
    more = (READY[0].model_copy(update={"items": (COMPOSITION,)}),)
    again = HAND_OVER.model_copy(update={"agreed": digest_of(more), "products": more})
    assert after(HAND_OVER, again).standing[TO].products == more


def test_what_can_not_be_handed_over_is_refused() -> None:
    nothing = HAND_OVER.model_copy(update={"products": ()})
    with pytest.raises(errors.NothingToHandOverError):
        decide(nothing, handover.initial)
    with pytest.raises(errors.UnnumberedBusinessError):
        decide(HAND_OVER.model_copy(update={"is_numbered": False}), handover.initial)
    with pytest.raises(errors.OwnTicketError):
        decide(HAND_OVER.model_copy(update={"to": TICKET}), handover.initial)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_official_gives_away_a_recipe(command: HandoverCommands) -> None:
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": mentor()}), after(HAND_OVER))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_repeat_hands_nothing_over_again(command: HandoverCommands) -> None:
    repeated = command.model_copy(update={"request": named("request")})
    before = (HAND_OVER,) if command is END_HANDOVER else ()
    assert decide(repeated, after(*before, repeated)) == []
