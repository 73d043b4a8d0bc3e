"""The page of measurements is what the measurements left, and each of them is on it."""

from benchmarks.harness import RESULTS, ROOT
from benchmarks.page import PAGE, page


def test_the_page_is_written_from_the_kept_results() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(RESULTS), "run: python -m benchmarks.page"


def test_every_kept_result_belongs_to_a_script() -> None:
    scripts = {path.stem.removeprefix("bench_") for path in (ROOT / "benchmarks").glob("bench_*")}
    assert {path.stem for path in RESULTS.glob("*.json")} <= scripts
