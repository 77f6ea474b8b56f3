"""Labels of a company's master data on its pages; English here, Indonesian in locale/id.po."""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {"producer": "Producer", "supplier": "Supplier", "product": "Product"}
SCHEMES: Mapping[str, str] = {
    "cppob": "CPPOB certificate",
    "gmp": "GMP certificate",
    "gacc": "GACC registration (China)",
}
PARTY_FIELDS: Mapping[str, str] = {
    "label": "What you call it",
    "country": "Country",
    "name": "Name",
    "address": "Address",
    "contact": "Contact person",
}
PERMIT_FIELDS: Mapping[str, str] = {
    "cppob_number": "CPPOB certificate: number",
    "cppob_until": "CPPOB certificate: valid until",
    "gmp_number": "GMP certificate: number",
    "gmp_until": "GMP certificate: valid until",
    "gacc_number": "GACC registration: number",
    "gacc_until": "GACC registration: valid until",
}
PRODUCT_FIELDS: Mapping[str, str] = {
    "label": "Trade name",
    "kind_name": "Name of its kind",
    "registration_number": "Registration number",
    "hs_code": "HS code",
    "unit": "Unit",
    "pack": "Packaging",
    "composition": "Composition",
    "shelf_life_months": "Shelf life in months",
    "producer": "Producer",
    "supplier": "Supplier",
}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "producer": {**PARTY_FIELDS, **PERMIT_FIELDS},
    "supplier": PARTY_FIELDS,
    "product": PRODUCT_FIELDS,
}
TEXTS: Mapping[str, str] = {
    "master.name": "Name",
    "master.address": "Address",
    "master.contact": "Contact person",
}
