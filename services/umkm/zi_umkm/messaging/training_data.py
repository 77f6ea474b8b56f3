"""The data of each message about a training: one function an event, which names each field that is disclosed."""

from zi_contracts import umkm as contract
from zi_umkm.domain import training


def training_planned(event: training.TrainingPlanned) -> contract.TrainingPlanned:
    return contract.TrainingPlanned(
        district=event.district, topic=event.topic, begins=event.begins, places=event.places
    )


def participant_enrolled(event: training.ParticipantEnrolled) -> contract.ParticipantEnrolled:
    return contract.ParticipantEnrolled(case=event.case)


def attendance_recorded(event: training.AttendanceRecorded) -> contract.AttendanceRecorded:
    return contract.AttendanceRecorded(case=event.case, before=event.before, after=event.after)


def training_held(event: training.TrainingHeld) -> contract.TrainingHeld:
    return contract.TrainingHeld(
        enrolled=event.enrolled, attended=event.attended, before=event.before, after=event.after
    )
