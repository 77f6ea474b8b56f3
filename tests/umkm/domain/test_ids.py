"""Ids follow from what they name, and from nothing that anybody could guess."""

from tests.umkm.steps import mentor, named, owner

from zi_umkm.domain.ids import handover_id, mentoring_id, request_id_of, training_id, trip_id, visit_id


def test_a_case_and_its_visits_have_the_same_ids_however_often_they_are_derived() -> None:
    case = mentoring_id(named("case"))
    assert case == mentoring_id(named("case"))
    assert visit_id(case, named("first")) == visit_id(case, named("first"))
    assert visit_id(case, named("first")) != visit_id(mentoring_id(named("other")), named("first"))


def test_a_training_is_planned_once_under_a_key() -> None:
    key = named("key")
    assert training_id(key, mentor()) == training_id(key, mentor())
    assert training_id(key, mentor()) != training_id(key, mentor("mentor-dodi"))
    assert training_id(None, mentor()) != training_id(None, mentor())


def test_a_trip_is_planned_once_under_a_key_and_a_case_hands_over_once() -> None:
    key, case = named("key"), mentoring_id(named("case"))
    assert trip_id(key, mentor()) == trip_id(key, mentor()) != training_id(key, mentor())
    assert trip_id(None, mentor()) != trip_id(None, mentor())
    assert handover_id(case) == handover_id(case) != case


def test_other_values_or_another_person_under_a_key_are_another_request() -> None:
    key = named("key")
    first = request_id_of(key, owner(), "restate", ["sambal"])
    assert first == request_id_of(key, owner(), "restate", ["sambal"])
    others = [
        request_id_of(key, owner(), "restate", ["kecap"]),
        request_id_of(key, mentor(), "restate", ["sambal"]),
        request_id_of(key, owner(), "return", ["sambal"]),
    ]
    assert first not in others


def test_without_a_key_nothing_is_recognised_as_a_repeat() -> None:
    assert request_id_of(None, owner(), "restate") is None
