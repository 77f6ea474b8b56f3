"""The one style sheet: colours have names, and every text can be read by day and by night."""

import re
from importlib.resources import files

import pytest

STYLE = (files("zi_chassis.web") / "static" / "style.css").read_text("utf-8")
READABLE, VISIBLE = 4.5, 3.0
SURFACES = ("paper", "card", "sand")
TEXTS = ("ink", "soft", "sea", "sea-deep", "red")
# Text on a surface of its own.
PAIRS = (
    ("on-sea", "sea"),
    ("on-sea", "sea-deep"),
    *((text, "sea-pale") for text in ("ink", "soft", "sea", "sea-deep")),
    *((text, "plain") for text in ("ink", "sea")),
    *((colour, f"{colour}-pale") for colour in ("amber", "red", "blue", "green")),
    *(("ink", f"{colour}-pale") for colour in ("amber", "red", "blue", "green")),
    *(("sea", f"{colour}-pale") for colour in ("amber", "red", "blue", "green")),
)
EDGES = ("edge", "focus", "sea", "green", "amber", "blue", "red", "violet")


def colours(root: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", root))


LIGHT, DARK, *REST = STYLE.split(":root {")
BY_DAY = colours(DARK.partition("}")[0])
BY_NIGHT = BY_DAY | colours(REST[0].partition("}")[0])


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(each * 2 for each in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_the_guideline_says() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [BY_DAY, BY_NIGHT], ids=["day", "night"])
def test_every_text_can_be_read(palette: dict[str, str]) -> None:
    pairs = [*((text, surface) for text in TEXTS for surface in SURFACES), *PAIRS]
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in pairs}
    assert {pair: found for pair, found in weak.items() if found < READABLE} == {}
    assert contrast("#ffffff", palette["bar"]) >= READABLE
    assert contrast("#d3e8e4", palette["bar"]) >= READABLE


@pytest.mark.parametrize("palette", [BY_DAY, BY_NIGHT], ids=["day", "night"])
def test_every_edge_can_be_seen(palette: dict[str, str]) -> None:
    pairs = {
        (edge, surface): contrast(palette[edge], palette[surface]) for edge in EDGES for surface in SURFACES
    }
    assert {pair: found for pair, found in pairs.items() if found < VISIBLE} == {}


def test_the_night_changes_every_colour_and_print_none() -> None:
    night = colours(REST[0].partition("}")[0])
    assert BY_DAY.keys() - night.keys() == set()
    assert "@media screen and (prefers-color-scheme: dark) {" in STYLE
    assert ":root { color-scheme: light }" in STYLE.partition("@media print {")[2]


def test_no_rule_writes_a_colour_out() -> None:
    rules = STYLE.split("*, ::before", 1)[1]
    written = re.findall(r"[^{}\n]*\{[^}]*#(?:[0-9a-f]{3}){1,2}\b[^}]*\}", rules)
    assert [rule for rule in written if not rule.startswith((".top", ".keeps"))] == []
