"""The data of each message about a question of the state: one function an event, which names each field that is disclosed."""

from zi_contracts import umkm as contract
from zi_umkm.domain.case import state_questions as questions
from zi_umkm.messaging.case_data import CaseStatus


def state_question_recorded(
    event: questions.StateQuestionRecorded, status: CaseStatus
) -> contract.StateQuestionRecorded:
    return contract.StateQuestionRecorded(
        **status, question=event.question, product=event.product, due=event.due, items=event.items
    )


def state_question_corrected(
    event: questions.StateQuestionCorrected, status: CaseStatus
) -> contract.StateQuestionCorrected:
    return contract.StateQuestionCorrected(
        **status,
        question=event.question,
        product=event.product,
        due=event.due,
        former_due=event.former_due,
        reason=event.reason,
        items=event.items,
    )


def state_question_answered(
    event: questions.StateQuestionAnswered, status: CaseStatus
) -> contract.StateQuestionAnswered:
    return contract.StateQuestionAnswered(
        **status, question=event.question, product=event.product, due=event.due
    )


def state_question_reminded(
    event: questions.StateQuestionReminded, status: CaseStatus
) -> contract.StateQuestionReminded:
    return contract.StateQuestionReminded(
        **status, question=event.question, product=event.product, due=event.due
    )


def state_question_missed(
    event: questions.StateQuestionMissed, status: CaseStatus
) -> contract.StateQuestionMissed:
    return contract.StateQuestionMissed(
        **status, question=event.question, product=event.product, due=event.due
    )
