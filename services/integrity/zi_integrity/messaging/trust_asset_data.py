"""The data of the message about an asset of trust."""

from zi_contracts.integrity import trust_assets as contract
from zi_integrity.domain import trust_asset


def trust_asset_recorded(event: trust_asset.TrustAssetRecorded) -> contract.TrustAssetRecorded:
    return contract.TrustAssetRecorded(
        official=event.official, kind=event.kind, year=event.year, done_on=event.done_on
    )
