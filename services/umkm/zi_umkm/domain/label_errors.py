"""Why something can't be done with the check of a label, and what to do instead."""

from zi_umkm.domain.errors import MentoringError


class OtherLabelCheckError(MentoringError):
    sentence = "The label was looked at once more since: look at the newest check."


class OwnLabelCheckError(MentoringError):
    sentence = "You checked this label: somebody else has to look at it as well."


class LabelConfirmedError(MentoringError):
    sentence = "A second person has confirmed this check: look at the label once more to add something."


class TooManyLabelPhotosError(MentoringError):
    sentence = "This check has as many photos as it can take."


class UnjudgedLabelError(MentoringError):
    sentence = "Judge every part of the label; only what may be left out can be found not to apply."


class UnexplainedLabelError(MentoringError):
    sentence = "Write why it does not apply."
