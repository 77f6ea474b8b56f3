"""The certificate of a signatory: the first is recorded, another one waits for a second person."""

import pytest
from tests.certificates.officials import head, signer, staff

from zi_certificates.domain import signatory
from zi_certificates.domain.signatory import (
    BoundSignatory,
    CertificateOfOtherError,
    ConfirmCertificate,
    DeclineCertificate,
    NoCertificateOfferedError,
    OwnCertificateError,
    PresentCertificate,
    SignatoryCommands,
    decide,
    evolve,
)
from zi_chassis.domain import WrongRoleError

FIRST, OTHER, THIRD = "a" * 64, "b" * 64, "c" * 64
PRESENT = PresentCertificate(by=signer(), certificate=FIRST)
ANOTHER = PresentCertificate(by=signer(), certificate=OTHER)
CONFIRM = ConfirmCertificate(by=head(), certificate=OTHER)
DECLINE = DeclineCertificate(by=head(), certificate=OTHER)


def after(*commands: SignatoryCommands) -> BoundSignatory:
    state = signatory.initial
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
    return state


def test_the_first_certificate_is_recorded_and_no_other_takes_its_place_by_itself() -> None:
    assert after(PRESENT) == BoundSignatory(official="signer-budi", certificate=FIRST)
    assert after(PRESENT, ANOTHER) == BoundSignatory(official="signer-budi", certificate=FIRST, offered=OTHER)
    assert after(PRESENT, ANOTHER, PRESENT).offered == OTHER


def test_a_second_person_puts_another_one_in_its_place_or_declines_it() -> None:
    assert after(PRESENT, ANOTHER, CONFIRM) == BoundSignatory(official="signer-budi", certificate=OTHER)
    assert after(PRESENT, ANOTHER, DECLINE) == BoundSignatory(official="signer-budi", certificate=FIRST)
    [changed] = decide(CONFIRM, after(PRESENT, ANOTHER))
    assert getattr(changed, "former_certificate", None) == FIRST
    offered_again = after(PRESENT, ANOTHER, DECLINE, ANOTHER)
    assert offered_again.offered == OTHER


@pytest.mark.parametrize(
    ("before", "command"),
    [((PRESENT,), PRESENT), ((PRESENT, ANOTHER), ANOTHER), ((PRESENT, ANOTHER, CONFIRM), CONFIRM)],
)
def test_a_repeat_is_no_event(before: tuple[SignatoryCommands, ...], command: SignatoryCommands) -> None:
    assert decide(command, after(*before)) == []


@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((), CONFIRM),
        ((PRESENT,), CONFIRM),
        ((PRESENT, ANOTHER), ConfirmCertificate(by=head(), certificate=THIRD)),
        ((PRESENT, ANOTHER), DeclineCertificate(by=head(), certificate=THIRD)),
        ((PRESENT, ANOTHER, DECLINE), DECLINE),
    ],
)
def test_only_what_waits_is_decided(
    before: tuple[SignatoryCommands, ...], command: SignatoryCommands
) -> None:
    with pytest.raises(NoCertificateOfferedError):
        decide(command, after(*before))


@pytest.mark.parametrize("command", [CONFIRM, DECLINE])
def test_nobody_decides_about_their_own(command: SignatoryCommands) -> None:
    signatory_herself = staff("signer-budi", "head")
    with pytest.raises(OwnCertificateError):
        decide(command.model_copy(update={"by": signatory_herself}), after(PRESENT, ANOTHER))
    with pytest.raises(WrongRoleError):
        decide(command.model_copy(update={"by": signer("signer-citra")}), after(PRESENT, ANOTHER))


def test_one_certificate_never_signs_for_two_officials() -> None:
    with pytest.raises(CertificateOfOtherError):
        decide(PRESENT.model_copy(update={"others": frozenset({FIRST})}), signatory.initial)
    with pytest.raises(CertificateOfOtherError):
        decide(CONFIRM.model_copy(update={"others": frozenset({OTHER})}), after(PRESENT, ANOTHER))


def test_its_id_is_computed_and_differs_by_office_and_official() -> None:
    ids = {
        signatory.signatory_id(office, official)
        for office in ("balai-contoh", "balai-lain")
        for official in ("signer-budi", "signer-citra")
    }
    assert len(ids) == 4
