"""Closed lists of reasons, each with a sentence that says what to do."""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from zi_rules.configuration import Configured
from zi_rules.data_files import read_file
from zi_rules.provenance import Text
from zi_rules.version import Editions

CERTIFICATE_REASONS = "certificate_reasons"


class FindingReason(StrEnum):
    """The reason of a finding. The first group is found by rules, the second by an officer only."""

    KINDS_DO_NOT_COMBINE = "kinds_do_not_combine"
    WRONG_TRACK = "wrong_track"
    EVIDENCE_UNDECIDED = "evidence_undecided"
    NO_ITEMS = "no_items"
    TOO_MANY_ITEMS = "too_many_items"
    ITEM_REPEATED = "item_repeated"
    OTHER_DESTINATION = "other_destination"
    ANNEX_INCOMPLETE = "annex_incomplete"
    DOCUMENT_MISSING = "document_missing"
    REGISTRATION_MISSING = "registration_missing"
    REGISTRATION_SHAPE_UNKNOWN = "registration_shape_unknown"
    REGISTRATION_OF_OTHER_COMMODITY = "registration_of_other_commodity"
    REGISTRATION_FOR_OTHER_TRACK = "registration_for_other_track"
    BUSINESS_NUMBER_MISSING = "business_number_missing"
    HS_CODE_SHAPE = "hs_code_shape"
    HS_CODE_NOT_LISTED = "hs_code_not_listed"
    HS_CODE_NOT_ON_ACCOUNT = "hs_code_not_on_account"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    NOT_YET_MANUFACTURED = "not_yet_manufactured"
    EXPIRED = "expired"
    ARRIVAL_MISSING = "arrival_missing"
    ARRIVAL_IMPLAUSIBLE = "arrival_implausible"
    SHELF_LIFE_TOO_SHORT = "shelf_life_too_short"
    ANALYSIS_MISSING = "analysis_missing"
    ANALYSIS_OF_OTHER_BATCH = "analysis_of_other_batch"
    ANALYSIS_WITHOUT_BATCH = "analysis_without_batch"
    ANALYSIS_WITHOUT_RESULTS = "analysis_without_results"
    ANALYSIS_WITHOUT_METHODS = "analysis_without_methods"
    ANALYSIS_WITHOUT_DATES = "analysis_without_dates"
    ANALYSIS_CONTRADICTS_DATES = "analysis_contradicts_dates"
    ANALYSIS_FROM_THE_FUTURE = "analysis_from_the_future"
    ANALYSIS_TOO_OLD = "analysis_too_old"
    NOTHING_AMENDED = "nothing_amended"
    NOT_AMENDABLE = "not_amendable"

    REGISTRATION_NOT_FOUND = "registration_not_found"
    REGISTRATION_EXPIRED = "registration_expired"
    NAME_DIFFERS = "name_differs"
    ANALYSIS_FAILS = "analysis_fails"
    INVOICE_DIFFERS = "invoice_differs"
    DOCUMENT_UNREADABLE = "document_unreadable"
    DOCUMENT_NOT_GENUINE = "document_not_genuine"
    NOTARIAL_POWER_INVALID = "notarial_power_invalid"
    ANSWER_INSUFFICIENT = "answer_insufficient"
    UNPAID = "unpaid"


class OvertakingReason(StrEnum):
    """The reason why a later application is taken before an earlier one; every use is counted in public."""

    CONFLICT = "conflict"
    MENTORSHIP = "mentorship"
    ALREADY_EVALUATED = "already_evaluated"
    PRIORITY_LANE = "priority_lane"
    EMERGENCY = "emergency"


class ReleaseReason(StrEnum):
    """The reason why an official returns an application to the queue."""

    CONFLICT = "conflict"
    ABSENCE = "absence"
    WORKLOAD = "workload"


class OverrideReason(StrEnum):
    """The reason why an official may act although a rule forbids it."""

    NO_OTHER_OFFICIAL = "no_other_official"
    EMERGENCY = "emergency"


class StandingReason(StrEnum):
    """The reason why an issued letter is suspended or revoked."""

    UNSAFE_PRODUCT = "unsafe_product"
    FALSE_STATEMENT = "false_statement"
    ISSUED_IN_ERROR = "issued_in_error"
    LICENCE_ENDED = "licence_ended"
    LAWFUL_ORDER = "lawful_order"


class ReinstatementReason(StrEnum):
    """The reason why a suspended letter is valid again."""

    SUSPICION_UNFOUNDED = "suspicion_unfounded"
    CAUSE_REMOVED = "cause_removed"
    SUSPENDED_IN_ERROR = "suspended_in_error"
    LAWFUL_ORDER = "lawful_order"


class ExpiryReason(StrEnum):
    UNPAID = "unpaid"
    NOT_COMPLETED = "not_completed"


class LineFault(StrEnum):
    """A fault in a line of an uploaded list."""

    NOT_UTF8 = "not_utf8"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    NO_LINES = "no_lines"
    COLUMN_MISSING = "column_missing"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_REPEATED = "column_repeated"
    TOO_MANY_CELLS = "too_many_cells"
    CELL_EMPTY = "cell_empty"
    CELL_TOO_LONG = "cell_too_long"
    NOT_A_DATE = "not_a_date"
    NOT_A_QUANTITY = "not_a_quantity"
    NOT_A_COUNTRY = "not_a_country"
    NOT_TEST_RESULTS = "not_test_results"
    NOT_PLAIN_TEXT = "not_plain_text"


_CODES: dict[str, type[StrEnum]] = {
    "reasons": FindingReason,
    "overtaking": OvertakingReason,
    "release": ReleaseReason,
    "override": OverrideReason,
    "standing": StandingReason,
    "reinstatement": ReinstatementReason,
    "expiry": ExpiryReason,
    "lines": LineFault,
}


class Sentences(Configured):
    reasons: dict[FindingReason, Text]
    overtaking: dict[OvertakingReason, Text]
    release: dict[ReleaseReason, Text]
    override: dict[OverrideReason, Text]
    standing: dict[StandingReason, Text]
    reinstatement: dict[ReinstatementReason, Text]
    expiry: dict[ExpiryReason, Text]
    lines: dict[LineFault, Text]
    remarks: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _are_all_given(self) -> Self:
        codes = [(table, code) for table, codes in _CODES.items() for code in codes]
        if unsaid := [f"{table}.{code}" for table, code in codes if code not in getattr(self, table)]:
            raise ValueError(f"give a sentence in both languages to {', '.join(unsaid)}")
        return self


def load_sentences(office_folder: Path | None = None) -> Editions[Sentences]:
    stated = read_file(CERTIFICATE_REASONS, "certificate_reasons.toml", office_folder)
    return Editions(Sentences, CERTIFICATE_REASONS, [stated])
