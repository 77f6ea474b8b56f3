from hypothesis import given
from hypothesis import strategies as st

from zi_umkm.read.charts import LEFT, RIGHT, bars

KINDS = ("number", "on_the_way", "ended")
COUNTS = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 10_000))


def test_nothing_is_drawn_where_nothing_is_counted() -> None:
    assert bars([], KINDS) is None
    assert bars([("Tarakan", {}), ("Nunukan", {"number": 0})], KINDS) is None


def test_a_bar_is_as_long_as_its_count_beside_the_longest() -> None:
    chart = bars([("Tarakan", {"number": 4, "ended": 4}), ("Nunukan", {"number": 2})], KINDS)
    assert chart is not None
    long, short = chart.bars
    assert [part.width for part in long.parts] == [141, 141]
    assert [part.width for part in short.parts] == [70.5]
    assert (long.total, short.total) == (8, 2)


def test_the_parts_of_a_bar_follow_one_another_in_the_order_of_their_kinds() -> None:
    chart = bars([("Tarakan", {"ended": 1, "number": 1, "another": 9})], KINDS)
    assert chart is not None
    [bar] = chart.bars
    assert [(part.kind, part.x) for part in bar.parts] == [("number", 0), ("ended", 141)]


@given(st.lists(st.tuples(st.text(max_size=5), COUNTS), max_size=8))
def test_no_bar_leaves_its_drawing(counted: list[tuple[str, dict[str, int]]]) -> None:
    chart = bars(counted, KINDS)
    for bar in chart.bars if chart else ():
        assert all(part.x >= LEFT and part.x + part.width <= RIGHT + 0.2 for part in bar.parts)
        assert bar.y + chart.thick <= chart.height if chart else False
