"""The messages of gifts and assets of trust; they are about no case."""

from typing import assert_never, get_args

from zi_chassis.domain import Decider, Disclosure
from zi_contracts.data import Data
from zi_contracts.integrity import gratification as gift_contract
from zi_integrity.domain import gratification, trust_asset
from zi_integrity.domain.gratification import Gift
from zi_integrity.domain.trust_asset import TrustAsset
from zi_integrity.messaging import gratification_data, trust_asset_data

SUBJECT_OF_GIFTS, SUBJECT_OF_TRUST = "gift", "trust-asset"


def publish(event: gratification.GiftEvents, _: Gift) -> Disclosure:
    return Disclosure(SUBJECT_OF_GIFTS, _gift_data(event))


def _gift_data(event: gratification.GiftEvents) -> Data:
    match event:
        case gratification.GiftReported():
            return gratification_data.gift_reported(event)
        case gratification.GiftFoundFirst():
            return gift_contract.GiftFoundFirst()
        case gratification.GiftCompletionAsked():
            return gratification_data.gift_completion_asked(event)
        case gratification.GiftReportCompleted():
            return gratification_data.gift_report_completed(event)
        case gratification.GiftDeposited():
            return gratification_data.gift_deposited(event)
        case gratification.GiftForwarded():
            return gratification_data.gift_forwarded(event)
        case gratification.GiftDecided():
            return gratification_data.gift_decided(event)
        case gratification.GiftClosed():
            return gift_contract.GiftClosed()
        case gratification.GiftOverdue():
            return gratification_data.gift_overdue(event)
        case _:
            assert_never(event)


def publish_trust_asset(event: trust_asset.TrustAssetRecorded, _: TrustAsset) -> Disclosure:
    return Disclosure(SUBJECT_OF_TRUST, trust_asset_data.trust_asset_recorded(event))


gifts: Decider[Gift] = Decider(
    name="gift",
    initial=gratification.initial,
    decide=gratification.decide,
    evolve=gratification.evolve,
    events=get_args(gratification.GiftEvents),
    publish=publish,
)
trust_assets: Decider[TrustAsset] = Decider(
    name="trust_asset",
    initial=trust_asset.initial,
    decide=trust_asset.decide,
    evolve=trust_asset.evolve,
    events=(trust_asset.TrustAssetRecorded,),
    publish=publish_trust_asset,
)
REGISTER_DECIDERS = (gifts, trust_assets)
