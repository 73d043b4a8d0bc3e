"""The data dictionary: each column with its type, its rules in words, an example."""

from collections.abc import Iterator

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.dictionary import Element
from tinhdata.edge.showing import shown
from tinhdata.kernel import Text, t
from tinhdata.quality import RuleKind, Scope, compile_checks
from tinhdata.warehouse import ColumnStatistics
from tinhdata.web.contexts.portal import DatasetDictionary, DictionaryEntry
from tinhdata.web.filling.dataset import Subject, head, share
from tinhdata.web.filling.elements import link_to
from tinhdata.web.filling.rows import statistics_of
from tinhdata.web.filling.words import GEOMETRY, PERSONAL, TYPES, label_of

_UNSAID = frozenset(
    {
        RuleKind.TYPE,
        RuleKind.NOISE,
        RuleKind.ROW,
        RuleKind.KEY,
        RuleKind.EXISTING_KEY,
        RuleKind.EXISTING_UNIQUE,
    }
)
"""Rules that the type or the mark of the key says already, or that are about whole rows."""


def dataset_dictionary(subject: Subject) -> DatasetDictionary:
    """Give the dictionary of the contract that the release was made under."""
    statistics = statistics_of(subject)
    reader = subject.reader
    elements = reader.platform.dictionary.elements_of(reader.actor, subject.contract.id)
    return DatasetDictionary(
        head=head(subject, "dictionary"),
        entries=tuple(
            _entry(subject, column, statistics.get(column.name), elements.get(column.id))
            for column in subject.contract.columns
        ),
        key=subject.contract.key,
        contract_href=subject.address("contract.yaml"),
    )


def _entry(
    subject: Subject,
    column: Column,
    statistics: ColumnStatistics | None,
    element: Element | None,
) -> DictionaryEntry:
    language = subject.reader.language
    return DictionaryEntry(
        name=column.name,
        label=label_of(column, language),
        description=column.description.in_language(language),
        type=TYPES[column.logical_type] if column.geometry is None else GEOMETRY,
        unit=column.unit,
        rules=tuple(_rules(subject, subject.contract, column)),
        example=_example(column, statistics, language),
        missing=None
        if statistics is None or not statistics.rows
        else share(statistics.empty, statistics.rows, language),
        personal=PERSONAL[column.personal] if column.personal else None,
        element=None if element is None else link_to(element.code, element.name),
        holds=_holds(column, statistics, language),
    )


def _rules(subject: Subject, contract: Contract, column: Column) -> Iterator[Text]:
    """Say what is checked about this one column, and where its codes are looked up."""
    plan = compile_checks(contract, subject.contract_hash)
    for rule in plan.rules:
        alone = rule.columns == (column.name,) and rule.scope is not Scope.REFERENCE
        if alone and rule.kind not in _UNSAID:
            yield rule.message
    if column.reference is not None:
        yield t("The code stands in “{dataset}”.", dataset=_dataset_name(subject, column))


def _dataset_name(subject: Subject, column: Column) -> str:
    wanted = column.reference.dataset if column.reference else ""
    return next((each.name for each in subject.reader.all if each.record.dataset == wanted), wanted)


def _example(column: Column, statistics: ColumnStatistics | None, language: str) -> str | None:
    """Give the most frequent value of a column whose rows the reader may see."""
    if statistics is None or column.personal is not None or column.geometry is not None:
        return None
    value = next((each.value for each in statistics.top if each.value is not None), None)
    if value is None:
        value = statistics.minimum
    return shown(value, column, language)


def _holds(column: Column, statistics: ColumnStatistics | None, language: str) -> Text | None:
    """Say what a column holds over all rows that the reader may see."""
    if statistics is None or column.personal is not None or column.geometry is not None:
        return None
    if statistics.rows == statistics.empty:
        return None
    count = statistics.distinct
    low = shown(statistics.minimum, column, language)
    high = shown(statistics.maximum, column, language)
    # Of a long text only the beginning is kept, so its ends do not tell whether all are the same.
    is_text = column.logical_type is LogicalType.STRING
    if count <= 1 if is_text else low is not None and low == high:
        return t("always the same value")
    if is_text or low is None or high is None:
        return t("about {count} different values", count=count)
    return t("{low} to {high}; about {count} values", low=low, high=high, count=count)
