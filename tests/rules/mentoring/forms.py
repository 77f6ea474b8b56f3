"""The two forms in use, and a third that is invented here, as data only."""

from typing import Any

from zi_rules.mentoring.assessment import Answers, ChecklistAnswer
from zi_rules.mentoring.checklist import Checklist, load_checklists

NEWER, OLDER = load_checklists()

# Two grades, one of them critical, ratings by points alone, and a rating that is enough without being the second best.
INVENTED: dict[str, Any] = {
    "id": "bentuk_contoh",
    "version": 1,
    "title": {"id": "Bentuk contoh", "en": "Invented form"},
    "effective_from": "2026-01-01",
    "phrasing": "negative",
    "source": "invented",
    "source_status": "unverified",
    "grades": [
        {"code": "small", "name": {"id": "Kecil", "en": "Small"}, "weight": 2},
        {"code": "grave", "name": {"id": "Berat", "en": "Grave"}, "weight": 7},
    ],
    "aspects": [{"code": "water", "name": {"id": "Air", "en": "Water"}}],
    "items": [
        {"code": "bad_water", "aspect": "water", "grades": ["grave"], "text": {"id": "x", "en": "x"}},
        {
            "code": "wet_floor",
            "aspect": "water",
            "grades": ["small", "grave"],
            "text": {"id": "x", "en": "x"},
        },
        {
            "code": "no_ice",
            "aspect": "water",
            "grades": ["small"],
            "text": {"id": "x", "en": "x"},
            "may_not_apply": True,
        },
    ],
    "ratings": [
        {"code": "gold", "name": {"id": "x", "en": "x"}, "least": "1"},
        {"code": "silver", "name": {"id": "x", "en": "x"}, "least": "4/5"},
        {"code": "bronze", "name": {"id": "x", "en": "x"}, "least": "1/2"},
        {"code": "tin", "name": {"id": "x", "en": "x"}},
    ],
    "enough": {"rating": "bronze", "source": "invented", "source_status": "unverified"},
}
THIRD = Checklist.model_validate(INVENTED)
FORMS = (NEWER, OLDER, THIRD)


def all_well(form: Checklist) -> Answers:
    return {item.code: ChecklistAnswer(said=form.fulfilled) for item in form.items}


def wrong(form: Checklist, grade: str | None = None) -> ChecklistAnswer:
    return ChecklistAnswer(said="no" if form.fulfilled == "yes" else "yes", grade=grade)


def with_finding(form: Checklist, item: str, grade: str | None = None) -> Answers:
    return {**all_well(form), item: wrong(form, grade)}
