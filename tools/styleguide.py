"""Writes every page with hand-made content and takes pictures of it, for looking.

    python tools/styleguide.py [dark] [name ...]

Pictures go to var/styleguide: each page at 360 and 1440 px, light unless `dark` is said.
"""

import sys
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.browser import chromium  # noqa: E402 - needs the path above
from tests.support.sample_pages import pages  # noqa: E402
from tests.support.static_site import serve_pages  # noqa: E402


def main() -> int:
    """Take the pictures."""
    words = sys.argv[1:]
    theme: Literal["dark", "light"] = "dark" if "dark" in words else "light"
    wanted = [word for word in words if word != "dark"]
    out = ROOT / "var" / "styleguide"
    out.mkdir(parents=True, exist_ok=True)
    with serve_pages(pages()) as address, chromium() as browser:
        for width in (360, 1440):
            context = browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=theme, locale="vi-VN"
            )
            page = context.new_page()
            for name in pages():
                if wanted and name not in wanted:
                    continue
                page.goto(f"{address}/{name}")
                page.evaluate("document.fonts.ready")
                page.screenshot(path=out / f"{name}-{theme}-{width}.png", full_page=True)
            context.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
