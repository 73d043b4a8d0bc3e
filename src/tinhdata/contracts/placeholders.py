"""What stands in a draft where only a person knows the fact, and how it is found again.

A draft loads and is checked like every contract; these marks are what `lint` reports as unfinished.
"""

from collections.abc import Iterator, Mapping, Sequence

from tinhdata.contracts.model import Severity
from tinhdata.contracts.place import Findings, Path
from tinhdata.kernel import JSON, JSONObject, t

MARK = "CẦN ĐIỀN"
"""Begins every text that a person has to replace."""

SLUG_MARK = "can-dien"
"""The same where only a-z, digits and hyphens may stand."""

URN_MARK = f"urn:{SLUG_MARK}"
"""The same where the address of a legal text stands."""

DRAFT_STATUS = "draft"

UNFINISHED = "unfinished"
"""Code of the findings that say so; a contract with one cannot be proposed."""

_FIX = t("Write the fact itself; ask the owner of the dataset if you do not know it.")


def is_placeholder(text: str) -> bool:
    """Say whether `text` only holds the place of a fact that is still to be written."""
    return text.startswith(MARK) or text in (SLUG_MARK, URN_MARK)


def find_unfinished(document: JSONObject, findings: Findings) -> None:
    """Add a warning to `findings` for each fact of `document` that is still to be written."""
    for path, text in _texts(document, ()):
        if is_placeholder(text):
            findings.add(
                path,
                UNFINISHED,
                t("This fact is still to be written: {place}.", place=_named(document, path)),
                _FIX,
                Severity.WARNING,
            )
    if document.get("status") == DRAFT_STATUS:
        findings.add(
            ("status",),
            UNFINISHED,
            t(
                "This is a draft: access level, importance, data layer and the classification of "
                "each column are assumed, as closed as can be."
            ),
            t("Look at each of them, then write status: active."),
            Severity.WARNING,
        )


def _texts(value: JSON, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, Sequence):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _named(document: JSONObject, path: Path) -> str:
    """Give the key that a person looks for: the name of a customProperty, else the last key."""
    here: JSON = document
    named = ""
    for step in path:
        if isinstance(here, Mapping) and isinstance(here.get("property"), str):
            named = str(here["property"])
        if isinstance(here, Mapping):
            here = here.get(str(step))
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(step, int):
            here = here[step]
        if isinstance(step, str) and step != "value":
            named = step
    return named
