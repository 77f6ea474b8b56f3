"""The data of each message about the check of a label: one function an event, which names each field that is disclosed."""

from zi_contracts import umkm as contract
from zi_umkm.domain.case import label_checks as labels
from zi_umkm.messaging.case_data import CaseStatus


def label_checked(event: labels.LabelChecked, status: CaseStatus) -> contract.LabelChecked:
    return contract.LabelChecked(
        **status,
        product=event.product,
        parts=event.parts,
        check=event.check,
        found=event.found,
        rules=event.rules,
        checklist=event.checklist,
        second_look=event.second_look,
        items=event.items,
    )


def label_photo_added(event: labels.LabelPhotoAdded, status: CaseStatus) -> contract.LabelPhotoAdded:
    return contract.LabelPhotoAdded(
        **status, product=event.product, check=event.check, item=event.item, file=event.file
    )


def label_check_confirmed(
    event: labels.LabelCheckConfirmed, status: CaseStatus
) -> contract.LabelCheckConfirmed:
    return contract.LabelCheckConfirmed(**status, product=event.product, check=event.check)
