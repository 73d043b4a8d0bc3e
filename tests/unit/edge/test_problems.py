import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import tinhdata
from tinhdata.access import SignInPaused
from tinhdata.edge.problems import (
    STATUSES,
    TITLES,
    headers_of,
    problem_document,
    status_of,
)
from tinhdata.kernel import Problem, t
from tinhdata.warehouse import NoRelease, ReadersBusy


def everything() -> Iterator[type[Problem]]:
    for module in pkgutil.walk_packages(tinhdata.__path__, "tinhdata."):
        if "__main__" not in module.name and ".cli" not in module.name:
            importlib.import_module(module.name)
    waiting: list[type[Problem]] = [Problem]
    while waiting:
        found = waiting.pop()
        # What only the command line says has an exit code, not a status.
        if found.__module__.startswith("tinhdata.") and ".cli" not in found.__module__:
            yield found
        waiting.extend(found.__subclasses__())


def test_every_problem_of_the_platform_has_a_status() -> None:
    codes = {problem.code: problem.__name__ for problem in everything()}
    assert len(codes) > 50
    assert sorted(set(codes) - set(STATUSES)) == []


def test_every_status_has_its_words() -> None:
    assert sorted(set(STATUSES.values()) - set(TITLES)) == []


def test_no_row_of_the_table_is_left_over() -> None:
    assert sorted(set(STATUSES) - {problem.code for problem in everything()}) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_problem_document_says_what_and_how_in_the_readers_language(language: str) -> None:
    problem = NoRelease(
        t("{dataset} has no release yet.", dataset="x"),
        fix=t("Come back later; its page says when it is to be updated."),
        where="as_of",
    )
    document = problem_document(problem, language, "inc_1")
    assert document["status"] == status_of(problem) == 404
    assert document["code"] == "no-release"
    assert document["type"] == "urn:tinhdata:problem:no-release"
    assert (document["where"], document["incident"]) == ("as_of", "inc_1")
    assert (document["detail"] == "x has no release yet.") == (language == "en")


def test_those_who_must_wait_are_told_how_long() -> None:
    assert headers_of(SignInPaused(90)) == {"Retry-After": "90"}
    assert headers_of(ReadersBusy(t("Wait a moment, then try again."))) == {"Retry-After": "5"}
