"""Every route of the service, in the order in which they are matched."""

from fastapi import APIRouter

from zi_certificates.web.api import amendments as amendments_api
from zi_certificates.web.api import applicants as applicants_api
from zi_certificates.web.api import company_products as company_products_api
from zi_certificates.web.api import desk_lists as desk_lists_api
from zi_certificates.web.api import exchange as exchange_api
from zi_certificates.web.api import exchange_settings as exchange_settings_api
from zi_certificates.web.api import fairness as fairness_api
from zi_certificates.web.api import further_bills as further_bills_api
from zi_certificates.web.api import master_data as master_data_api
from zi_certificates.web.api import officials as officials_api
from zi_certificates.web.api import parties as parties_api
from zi_certificates.web.api import refunds as refunds_api
from zi_certificates.web.api import retention as retention_api
from zi_certificates.web.api import signatories as signatories_api
from zi_certificates.web.api import trade_lists as trade_lists_api
from zi_certificates.web.api import verify as verify_api
from zi_certificates.web.pages import (
    account,
    amendment,
    application,
    appointments,
    billing,
    company_products,
    desk,
    desk_account,
    desk_application,
    desk_decisions,
    desk_list,
    desk_refunds,
    documents,
    exchange,
    home,
    master_data,
    particulars,
    products,
    retention,
    signatories,
    trade_lists,
    verify,
)

API: tuple[APIRouter, ...] = (
    applicants_api.router,
    amendments_api.router,
    further_bills_api.router,
    refunds_api.router,
    company_products_api.router,
    master_data_api.router,
    master_data_api.used_router,
    master_data_api.offer_router,
    parties_api.router,
    trade_lists_api.router,
    exchange_api.router,
    exchange_settings_api.router,
    desk_lists_api.router,
    fairness_api.router,
    officials_api.router,
    signatories_api.router,
    retention_api.router,
    verify_api.router,
)
# `application` and `desk_decisions` come after the other pages of their kind: their last route takes any name.
PAGES: tuple[APIRouter, ...] = (
    billing.router,
    *(
        home.router,
        account.router,
        particulars.router,
        trade_lists.router,
        exchange.router,
        products.router,
        company_products.router,
        master_data.router,
        documents.router,
        amendment.router,
        application.router,
    ),
    *(
        desk.router,
        desk_list.router,
        appointments.router,
        signatories.router,
        retention.router,
        desk_account.router,
        desk_application.router,
        desk_refunds.router,
        desk_decisions.router,
    ),
    verify.router,
)
