"""The versions of rules and calendar by which the times of a register were counted."""

from zi_contracts.configuration import Pin


class RegisterPin(Pin):
    """The rules of the registers, and the days over which their times run."""

    calendar: Pin
    holidays: Pin
