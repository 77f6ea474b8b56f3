import io

from zi_verify.bar import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_is_drawn_at_most_ten_times_a_second_and_at_the_end() -> None:
    seconds = iter([0.0, 0.05, 0.5, 0.55, 2.0])
    out = Terminal()
    bar = ProgressBar(out, lambda: next(seconds))
    for size in (256, 512, 768, 1000):
        bar(size, 1000)
    assert out.getvalue() == (
        "\r[###############...............]  51%  512 / 1000  1024/s\x1b[K"
        "\r[##############################] 100%  1000 / 1000  500/s\x1b[K\n"
    )


def test_nothing_is_drawn_where_nobody_looks() -> None:
    out = io.StringIO()
    ProgressBar(out)(1, 1)
    assert out.getvalue() == ""


def test_a_log_that_takes_no_time_has_a_pace_too() -> None:
    out = Terminal()
    ProgressBar(out, lambda: 1.0)(5, 5)
    assert "5/s" in out.getvalue()
