"""Every pair of colours that the style sheets put together can be read (WCAG 2.2 AA)."""

import re
from collections.abc import Mapping

import pytest

from tinhdata.web.assets import STATIC

CSS = STATIC / "css"

TEXT = 4.5
"""WCAG 2.2, 1.4.3: text on its ground."""
SHAPE = 3.0
"""WCAG 2.2, 1.4.11: borders of fields, icons, bars."""

PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "ink-soft")
        for ground in ("paper", "surface", "zebra")
    ),
    *(("ink", f"{tone}-soft", TEXT) for tone in ("green", "amber", "red", "blue", "violet")),
    *(("ink-soft", f"{tone}-soft", TEXT) for tone in ("green", "amber", "red")),
    *(
        (link, ground, TEXT)
        for link in ("blue", "green")
        for ground in ("paper", "surface", "zebra")
    ),
    ("red", "paper", TEXT),
    ("red", "surface", TEXT),
    ("red", "red-soft", TEXT),
    ("red", "amber-soft", TEXT),
    ("on-green", "green", TEXT),
    ("on-green", "green-deep", TEXT),
    ("green-deep", "green-soft", TEXT),
    ("green", "green-soft", SHAPE),
    ("amber-ink", "amber-soft", TEXT),
    ("blue", "blue-soft", TEXT),
    ("blue", "amber-soft", TEXT),
    ("blue", "green-soft", TEXT),
    ("blue", "violet-soft", TEXT),
    ("violet", "violet-soft", TEXT),
    ("line-strong", "paper", SHAPE),
    ("line-strong", "surface", SHAPE),
    ("line-strong", "zebra", SHAPE),
    ("focus", "paper", SHAPE),
    ("focus", "surface", SHAPE),
    ("focus", "zebra", SHAPE),
    *((bar, "paper", SHAPE) for bar in ("green", "amber", "red", "violet")),
]


def _blocks() -> Mapping[str, Mapping[str, str]]:
    text = (CSS / "tokens.css").read_text(encoding="utf-8")
    found = re.findall(r"(:root[^{,]*)\{([^}]*)\}", text)
    return {
        f"{number}{selector.strip()}": dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))
        for number, (selector, body) in enumerate(found)
    }


def _theme(name: str) -> Mapping[str, str]:
    light, by_system, by_choice, _ = _blocks().values()
    return light if name == "light" else by_choice if name == "dark" else by_system


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_every_pair_in_use_can_be_read(theme: str, ink: str, ground: str, least: float) -> None:
    colours = _theme(theme)
    assert contrast(colours[ink], colours[ground]) >= least


def test_the_dark_theme_is_the_same_by_choice_and_by_system() -> None:
    assert _theme("dark") == _theme("system")
    assert _theme("dark").keys() == _theme("light").keys()


def test_colours_are_named_only_in_the_tokens() -> None:
    for sheet in CSS.glob("*.css"):
        if sheet.name in ("tokens.css", "print.css"):
            continue
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", sheet.read_text()), sheet.name


def test_every_token_that_is_used_exists_and_every_token_is_used() -> None:
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in CSS.glob("*.css"))
    pictures = "".join(
        file.read_text(encoding="utf-8") for file in (STATIC.parent / "templates").rglob("*.html")
    )
    used = set(re.findall(r"var\(--([\w-]+)\)", sheets + pictures))
    declared = set(re.findall(r"--([\w-]+):", (CSS / "tokens.css").read_text(encoding="utf-8")))
    assert used == declared
