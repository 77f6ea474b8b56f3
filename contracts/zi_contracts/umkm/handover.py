"""Messages of umkm about products that a business hands over to an application of its own."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from zi_contracts.business import BusinessRef
from zi_contracts.data import Data
from zi_contracts.intake import Items
from zi_contracts.message import ShortText

Ordinal = Annotated[int, Field(ge=1)]


class ProductDescribed(Data):
    """The business wrote what a product of it is made of, and how it is packed; both lie in the vault."""

    type: ClassVar[str] = "zi.umkm.product_described"

    product: Ordinal
    items: Items


class HandedOverProduct(BaseModel):
    """Its number was looked up by an official; name, composition and packaging lie in the vault."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    product: Ordinal
    number: ShortText
    items: Items


class ProductsHandedOver(Data):
    """The business agrees that the request of its own with the ticket `to` takes over these products, which were shown to it before."""

    type: ClassVar[str] = "zi.umkm.products_handed_over"

    business_ref: BusinessRef
    to: ShortText
    products: Annotated[tuple[HandedOverProduct, ...], Field(min_length=1)]


class HandoverEnded(Data):
    """It took that back: nothing more is taken over; what was accepted before stays where it is."""

    type: ClassVar[str] = "zi.umkm.handover_ended"

    business_ref: BusinessRef
    to: ShortText


MODELS: tuple[type[Data], ...] = (ProductDescribed, ProductsHandedOver, HandoverEnded)
