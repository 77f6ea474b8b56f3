"""Answers of the API about the products of a company; programs of others read them: fields may only be added."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class ProductVersionAnswer(BaseModel):
    """One statement of a product, and the time when it was stated last."""

    version: str
    fields: dict[str, str]
    last: datetime


class CompanyProductAnswer(BaseModel):
    entry: UUID
    versions: list[ProductVersionAnswer]


class CompanyProductsAnswer(BaseModel):
    """One page of the company's products; `total` counts all that are found."""

    total: int
    products: list[CompanyProductAnswer]
