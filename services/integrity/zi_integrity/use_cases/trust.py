"""Record assets of trust: by the official, or by the zone team about somebody else."""

from datetime import date

from zi_chassis.domain import Act
from zi_chassis.storage.store import Handled, Store
from zi_contracts.integrity.trust_assets import TrustAssetKind
from zi_integrity.domain.trust_asset import RecordTrustAsset, TrustAsset
from zi_integrity.messaging.registers_published import trust_assets
from zi_integrity.use_cases.register_names import RegisterNames


class TrustRegister:
    def __init__(self, store: Store, names: RegisterNames) -> None:
        self._store = store
        self._names = names

    async def record(
        self, by: Act, official: str, kind: TrustAssetKind, year: int, done_on: date | None
    ) -> Handled[TrustAsset]:
        id = self._names.trust_asset(official, kind, year)
        command = RecordTrustAsset(by=by, official=official, kind=kind, year=year, done_on=done_on)
        return await self._store.handle(trust_assets, id, command)
