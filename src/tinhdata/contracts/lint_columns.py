"""Our own rules on columns: names, types, ranges, privacy, references."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeAlias

from tinhdata.contracts.build import read_bound
from tinhdata.contracts.lint_geometry import geometry_faults
from tinhdata.contracts.model import (
    SYSTEM_COLUMNS,
    AccessLevel,
    Classification,
    Column,
    Contract,
    LogicalType,
)
from tinhdata.contracts.part import Part
from tinhdata.contracts.patterns import does_match, fault_of_pattern
from tinhdata.contracts.place import Findings
from tinhdata.contracts.semantics import SEMANTIC_TYPES
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
PERSONAL_TAGS = frozenset({"personal", "pii"})

_NUMERIC = (LogicalType.INTEGER, LogicalType.NUMBER)
_TEMPORAL = (LogicalType.DATE, LogicalType.TIMESTAMP)
_UNREAD_OPTIONS = {
    "exclusiveMinimum": t("Write minimum with the first value allowed."),
    "exclusiveMaximum": t("Write maximum with the last value allowed."),
    "multipleOf": t("Write a rule of type sql with a rowPredicate."),
    "timezone": t("Take it away; moments are local time of Việt Nam."),
    "defaultTimezone": t("Take it away; moments are local time of Việt Nam."),
}


def lint_columns(table: Part, contract: Contract, findings: Findings) -> None:
    """Add to `findings` what our rules have against the columns of `table`."""
    parts = table.get("properties").items()
    if not parts:
        findings.add(
            table.path, "no-columns", t("The table has no columns."), t("Add its properties.")
        )
        return
    if not contract.key:
        findings.add(
            table.path,
            "no-key",
            t("No column is the key."),
            t("Write primaryKey: true at the columns that together name a row."),
        )
    _unique(parts, contract, findings)
    for part, column in zip(parts, contract.columns, strict=True):
        lint = _ColumnLint(part, column, contract, findings)
        for check in _CHECKS:
            check(lint)


def _unique(parts: Iterable[Part], contract: Contract, findings: Findings) -> None:
    for key in ("id", "name"):
        seen: dict[str, Part] = {}
        for part in parts:
            text = (part.get(key).text() or "").lower()
            if text and text in seen:
                findings.add(
                    (*part.path, key),
                    "not-unique",
                    t("Two columns have the {key} {value}.", key=key, value=text),
                    t("Give one of them another {key}.", key=key),
                )
            seen[text] = part
    headers: dict[tuple[str, int | None], str] = {}
    for part, column in zip(parts, contract.columns, strict=True):
        header = (fold(column.label.vi), column.position)
        if header in headers:
            findings.add(
                part.path,
                "same-header",
                t("{one} and {two} have the same label.", one=headers[header], two=column.name),
                t("Tell them apart, or say with the customProperty position which comes first."),
            )
        headers[header] = column.name


class _ColumnLint:
    """The checks of one column; each adds what it finds."""

    def __init__(self, part: Part, column: Column, contract: Contract, findings: Findings) -> None:
        self.part, self.column, self.contract, self.findings = part, column, contract, findings

    def say(self, code: str, text: Text, fix: Text, *below: str) -> None:
        self.findings.add((*self.part.path, *below), code, text, fix)

    def names(self) -> None:
        name = self.part.get("name").text() or ""
        if not NAME.match(name) or name in SYSTEM_COLUMNS:
            self.say(
                "name",
                t("{name} cannot be the name of a column.", name=name),
                t("Begin with a small letter a-z, then small letters, digits, underscores."),
                "name",
            )
        for key, fix in (
            ("id", t("Give an id that never changes, so that a renamed column is recognised.")),
            ("businessName", t("Give the Vietnamese header of the column.")),
        ):
            if not self.part.get(key).text():
                self.say("missing-key", t("{column} has no {key}.", column=name, key=key), fix)

    def types(self) -> None:
        written = self.part.get("logicalType").text()
        if written not in set(LogicalType):
            self.say(
                "type",
                t("{column} has no type that a table can hold.", column=self.column.name),
                t("Write logicalType as one of: {names}.", names=", ".join(LogicalType)),
            )
        kind = self.column.logical_type
        for name, kinds in (
            ("decimals", (LogicalType.NUMBER,)),
            ("numberForm", _NUMERIC),
            ("dateFormats", _TEMPORAL),
        ):
            if self.part.custom(name).is_there and kind not in kinds:
                self.say(
                    "type",
                    t("{property} does not go with the type {type}.", property=name, type=kind),
                    t("Take it away, or write logicalType: {type}.", type=kinds[0]),
                )

    def geometry(self) -> None:
        for fault in geometry_faults(self.part, self.column, self.contract):
            self.say("geometry", fault.text, fault.fix)

    def semantic_type(self) -> None:
        name = self.column.semantic_type
        if name is None:
            return
        entry = SEMANTIC_TYPES.get(name)
        if entry is None:
            self.say(
                "semantic-type",
                t("There is no semantic type {name}.", name=name),
                t("Use one of: {names}.", names=", ".join(SEMANTIC_TYPES)),
            )
        elif self.column.logical_type not in entry.logical_types:
            self.say(
                "semantic-type",
                t("A {name} cannot be stored as {type}.", name=name, type=self.column.logical_type),
                t("Write logicalType: {type}.", type=entry.logical_types[0]),
            )
        elif entry.needs_reference and self._must_refer():
            self.say(
                "reference",
                t("A {name} must stand in a list of valid codes.", name=name),
                t("Add relationships with to: dataset.column of that list."),
            )

    def _must_refer(self) -> bool:
        # Only in the dataset that lists the codes, where they are the whole key, need they not.
        return self.column.reference is None and self.contract.key != (self.column.name,)

    def privacy(self) -> None:
        column = self.column
        if self.part.get("classification").text() not in set(Classification):
            self.say(
                "classification",
                t("{column} has no classification.", column=column.name),
                t("Write classification: {names}.", names=" | ".join(Classification)),
            )
            return
        tagged = PERSONAL_TAGS & {tag.lower() for tag in self.part.get("tags").texts()}
        if tagged and column.personal is None:
            self.say(
                "personal",
                t("{column} is tagged as personal data.", column=column.name),
                t("Add {example}.", example="{property: personal, value: basic}"),
            )
        if column.personal and not column.mask:
            self.say(
                "mask",
                t("{column} holds personal data and has no mask.", column=column.name),
                t("Add {example}.", example="{property: mask, value: hide}"),
            )
        if column.personal and column.classification is not Classification.RESTRICTED:
            self.say(
                "classification",
                t("{column} holds personal data and is not restricted.", column=column.name),
                t("Write classification: restricted."),
            )
        is_shown = self.contract.access_level is AccessLevel.OPEN and column.in_open_data
        if is_shown and column.classification is not Classification.PUBLIC:
            self.say(
                "open-data",
                t("{column} is not public, but the dataset is open.", column=column.name),
                t(
                    "Write classification: public, or add {example}.",
                    example="{property: openData, value: exclude}",
                ),
            )

    def options(self) -> None:
        options, kind = self.part.get("logicalTypeOptions"), self.column.logical_type
        for name, fix in _UNREAD_OPTIONS.items():
            if options.get(name).is_there:
                self.say(
                    "option", t("{key} is not read.", key=name), fix, "logicalTypeOptions", name
                )
        for name in ("minimum", "maximum"):
            written = options.get(name)
            if written.is_there and read_bound(written.value, kind) is None:
                self.say(
                    "bound",
                    t("{value} is no {type}.", value=str(written.value), type=kind),
                    t(
                        "Write a number, a day as {day} or a moment as {moment}.",
                        day='"2025-07-01"',
                        moment='"2025-07-01T00:00:00"',
                    ),
                    "logicalTypeOptions",
                    name,
                )
        self._order("minimum", self.column.minimum, "maximum", self.column.maximum)
        self._order("minLength", self.column.min_length, "maxLength", self.column.max_length)

    def _order(self, low_name: str, low: object, high_name: str, high: object) -> None:
        if low is None or high is None or type(low) is not type(high):
            return
        if low > high:  # type: ignore[operator]  # both are bounds of one type
            self.say(
                "range",
                t("{low} is greater than {high}, so no value fits.", low=low_name, high=high_name),
                t("Swap them."),
                "logicalTypeOptions",
            )

    def pattern(self) -> None:
        pattern = self.column.pattern
        if pattern and (fault := fault_of_pattern(pattern)):
            self.say("pattern", fault, t("Use the syntax of RE2."), "logicalTypeOptions", "pattern")
            return
        if self.column.allowed and self.column.logical_type is not LogicalType.STRING:
            self.say(
                "allowed",
                t("A list of values needs a text column."),
                t("Write logicalType: string, or minimum and maximum."),
            )
        if pattern is None:
            return
        for value in self.column.allowed:
            if not does_match(pattern, value):
                self.say(
                    "allowed",
                    t("The value {value} does not match the pattern of its column.", value=value),
                    t("Mend the list or the pattern."),
                )

    def date_formats(self) -> None:
        for form in self.column.date_formats:
            moment = datetime(2024, 12, 31, 23, 59, 58)  # noqa: DTZ001 - a probe, not a time
            try:
                is_whole = datetime.strptime(moment.strftime(form), form).date() == moment.date()  # noqa: DTZ007 - the same
            except ValueError:
                is_whole = False
            if not is_whole:
                self.say(
                    "date-format",
                    t("The date form {form} does not name day, month and year.", form=form),
                    t('Write it like "%d/%m/%Y".'),
                )

    def reference(self) -> None:
        relationships = self.part.get("relationships").items()
        if len(relationships) > 1:
            self.say(
                "relationship",
                t("A column refers to one other column only."),
                t("Keep one relationship."),
                "relationships",
            )
        for relationship in relationships:
            target = relationship.get("to").text() or ""
            dataset, _, column = target.partition(".")
            is_well_formed = target.count(".") == 1 and "/" not in target
            if not is_well_formed:
                self.say(
                    "relationship",
                    t("{target} does not name a column of a dataset.", target=target),
                    t("Write to: dataset.column, such as danh-muc-vi-du.ma."),
                    "relationships",
                )
            elif dataset == self.contract.id and column not in self.contract.column_names:
                self.say(
                    "relationship",
                    t("This dataset has no column {column}.", column=column),
                    t("Use one of: {names}.", names=", ".join(self.contract.column_names)),
                    "relationships",
                )


_Check: TypeAlias = "Callable[[_ColumnLint], None]"
_CHECKS: tuple[_Check, ...] = (
    _ColumnLint.names,
    _ColumnLint.types,
    _ColumnLint.geometry,
    _ColumnLint.semantic_type,
    _ColumnLint.privacy,
    _ColumnLint.options,
    _ColumnLint.pattern,
    _ColumnLint.date_formats,
    _ColumnLint.reference,
)
