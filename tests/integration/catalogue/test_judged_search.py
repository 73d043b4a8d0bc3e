"""The search serves people as well as it did when its judged questions were counted."""

from pathlib import Path

from tests.support.judged_search import judged, score, whole_catalogue
from tinhdata.access import ANONYMOUS
from tinhdata.catalogue import CatalogueQuery


def test_questions_that_were_only_counted_are_served_on_the_first_page(tmp_path: Path) -> None:
    questions = judged("held_out")
    assert len(questions) + len(judged("dev")) >= 120
    with whole_catalogue(tmp_path / "store") as platform:

        def found(words: str) -> list[str]:
            hits = platform.catalogue.find(CatalogueQuery(words, limit=10), ANONYMOUS).hits
            return [hit.record.dataset for hit in hits]

        served = score(found, questions)
    # `python -m benchmarks.bench_judged` shows what other engines reach with the same texts.
    assert served.mrr > 0.9
    assert served.recall > 0.85
