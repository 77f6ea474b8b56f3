from starlette.datastructures import FormData

from zi_chassis.web.form import Form


def test_dotted_names_become_the_body_of_the_api_and_blanks_are_absent() -> None:
    form = Form.of(FormData([("text", "a\r\nb"), ("reporter.name", "Siti Rekaan"), ("reporter.email", " ")]))
    assert form.nested() == {"text": "a\nb", "reporter": {"name": "Siti Rekaan"}}
    assert form.nested("text") == {"text": "a\nb"}


def test_what_was_typed_stays_beside_what_is_wrong() -> None:
    form = Form({"text": "x"}).refused({"text": "Write more."})
    assert (form.value("text"), form.error("text"), form.value("none"), form.error("none")) == (
        "x",
        "Write more.",
        "",
        None,
    )


def test_names_that_contradict_each_other_or_nest_without_end_do_no_harm() -> None:
    form = Form({"a": "1", "a.b": "2", "c.d": "3", "c": "4", ".".join("x" * 50): "5"})
    assert form.nested() == {"a": "1", "c": {"d": "3"}}
