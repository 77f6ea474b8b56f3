"""The messages about the account of a company, field by field."""

from typing import assert_never

from zi_certificates.domain import account as accounts_domain
from zi_certificates.domain.account import Account, AccountEvents
from zi_chassis.domain import Disclosure
from zi_contracts import certificates as contract
from zi_contracts.data import Data


def publish(event: AccountEvents, account: Account) -> Disclosure:
    assert account.opened is not None
    return Disclosure(account.opened.reference, _account_data(event, account.revision))


def _account_data(event: AccountEvents, revision: int) -> Data:
    """Of the details a choice and a count; who the company is stays in the vault."""
    match event:
        case accounts_domain.AccountOpened(business_ref=ref, details=details):
            return contract.AccountOpened(
                business_ref=ref, acts_for_others=details.acts_for_others, hs_codes=len(details.hs_codes)
            )
        case accounts_domain.AccountChanged(details=details):
            return contract.AccountChanged(
                revision=revision, acts_for_others=details.acts_for_others, hs_codes=len(details.hs_codes)
            )
        case accounts_domain.AccountMoved():
            return contract.AccountMoved(revision=revision)
        case accounts_domain.AccountVerified(seen=known):
            return contract.AccountVerified(revision=revision, seen=known)
        case accounts_domain.AccountRefused(reasons=reasons, seen=known):
            return contract.AccountRefused(revision=revision, reasons=reasons, seen=known)
        case accounts_domain.AccountFlagged(fact=fact):
            return contract.AccountFlagged(
                official=fact.official, fact=fact.kind, event=fact.event, position=fact.position
            )
        case _:
            assert_never(event)
