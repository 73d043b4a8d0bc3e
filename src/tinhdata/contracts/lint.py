"""Our own rules on a contract as a whole: what ODCS leaves open and the platform needs.

Columns are looked at by `lint_columns`, quality rules by `lint_rules`.
"""

import re
from collections.abc import Mapping

from tinhdata.contracts.custom_properties import (
    AS_DECIDED,
    SLA_PROPERTIES,
    SLA_UNITS,
    VOCABULARY,
    Place,
)
from tinhdata.contracts.lint_columns import lint_columns
from tinhdata.contracts.lint_rules import lint_rules
from tinhdata.contracts.lint_unpivot import lint_marks, lint_unpivot
from tinhdata.contracts.model import (
    AccessLevel,
    Contract,
    DeliveryMode,
    LogicalType,
    PeriodUnit,
    Severity,
)
from tinhdata.contracts.part import Part
from tinhdata.contracts.place import Findings
from tinhdata.contracts.placeholders import find_unfinished
from tinhdata.kernel import t
from tinhdata.vietnam import fold

API_VERSIONS = ("v3.1.0", "v3.2.0")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\Z")
TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
SIMULATED_WORD = "mô phỏng"

_NEWER_KEYS = frozenset({"synonyms", "deprecated", "context", "enum", "semanticType", "vendor"})


def lint(root: Part, contract: Contract, findings: Findings) -> None:
    """Add to `findings` what our rules have against the contract that `root` declares."""
    _version(root, findings)
    _names(root, findings)
    _required_properties(root, findings)
    _legal_basis(root, contract, findings)
    _simulated(root, contract, findings)
    _openness(root, contract, findings)
    _catalogue(root, contract, findings)
    _delivery(root, contract, findings)
    _named_columns(root, contract, findings)
    _service_levels(root, findings)
    if isinstance(root.value, Mapping):
        find_unfinished(root.value, findings)
    tables = root.get("schema").items()
    if len(tables) != 1:
        findings.add(
            ("schema",),
            "one-table",
            t("A contract declares exactly one table; here are {count}.", count=len(tables)),
            t("Write one contract per table."),
        )
        return
    _table(tables[0], findings)
    lint_columns(tables[0], contract, findings)
    lint_marks(tables[0], contract, findings)
    lint_unpivot(root, contract, findings)
    lint_rules(tables[0], contract, findings)


def _version(root: Part, findings: Findings) -> None:
    api_version = root.get("apiVersion").text()
    if api_version not in API_VERSIONS:
        findings.add(
            ("apiVersion",),
            "api-version",
            t("Version {version} of the standard is not read.", version=str(api_version)),
            t("Write one of: {names}.", names=", ".join(API_VERSIONS)),
        )
    elif api_version == "v3.1.0":
        _newer_keys(root, findings)
    if not VERSION.match(root.get("version").text() or ""):
        findings.add(
            ("version",),
            "version",
            t("The version must be three numbers."),
            t('Write it as "1.0.0", in quotes.'),
        )


def _newer_keys(part: Part, findings: Findings) -> None:
    for item in part.items():
        _newer_keys(item, findings)
    if isinstance(part.value, dict):
        for key in part.value:
            if key in _NEWER_KEYS:
                findings.add(
                    (*part.path, key),
                    "newer-key",
                    t("{key} came with version 3.2 of the standard.", key=key),
                    t("Write our customProperty instead, or apiVersion: v3.2.0."),
                )
            elif key != "value":
                _newer_keys(part.get(key), findings)


def _names(root: Part, findings: Findings) -> None:
    for key in ("id", "domain"):
        if not SLUG.match(root.get(key).text() or ""):
            findings.add(
                (key,),
                "slug",
                t("{key} must be small letters a-z, digits and single hyphens.", key=key),
                t("Write it like danh-muc-vi-du."),
            )
    for path in (("name",), ("description", "purpose")):
        if not (root.at(*path).text() or "").strip():
            findings.add(
                path,
                "missing-text",
                t("{key} is missing.", key=".".join(path)),
                t("Say it in Vietnamese, as it shall stand on the page of the dataset."),
            )


def _required_properties(root: Part, findings: Findings) -> None:
    for entry in VOCABULARY:
        if (
            entry.required
            and entry.place is Place.CONTRACT
            and not root.custom(entry.name).is_there
        ):
            findings.add(
                ("customProperties",),
                "missing-property",
                t("The customProperty {name} is missing.", name=entry.name),
                t("Add {example}.", example=f"{{property: {entry.name}, value: {entry.example}}}"),
            )


def _legal_basis(root: Part, contract: Contract, findings: Findings) -> None:
    path = ("description", "authoritativeDefinitions")
    if not contract.legal_basis:
        findings.add(
            path,
            "legal-basis",
            t("No legal basis is named."),
            t("Add an authoritativeDefinition of type legalBasis with url and description."),
        )
    elif any(not basis.title for basis in contract.legal_basis):
        findings.add(
            path,
            "legal-basis",
            t("A legal basis has no title."),
            t("Give the name of the legal text as its description."),
        )


def _simulated(root: Part, contract: Contract, findings: Findings) -> None:
    texts = (contract.name.vi, contract.description.vi)
    says_so = any(SIMULATED_WORD in text.casefold() for text in texts)
    if contract.simulated and not says_so:
        findings.add(
            ("name",),
            "simulated",
            t("The rows are made up, but neither name nor purpose says so."),
            t("Put “{word}” into the name.", word=SIMULATED_WORD),
        )
    elif says_so and not contract.simulated:
        findings.add(
            ("customProperties",),
            "simulated",
            t("The text says that the rows are made up, but the contract does not."),
            t("Add {example}.", example="{property: simulated, value: true}"),
        )


def _openness(root: Part, contract: Contract, findings: Findings) -> None:
    if contract.access_level is AccessLevel.OPEN and not contract.licence:
        findings.add(
            ("customProperties",),
            "licence",
            t("An open dataset needs a licence."),
            t("Add {example}.", example="{property: licence, value: CC-BY-4.0}"),
        )


def _catalogue(root: Part, contract: Contract, findings: Findings) -> None:
    """Remark what the catalogue asks for before a release, as far as a contract can say it."""
    if contract.access_level is AccessLevel.PRIVATE:
        return
    if not contract.contact:
        findings.add(
            ("customProperties",),
            "contact",
            t("Nobody is named who answers questions; without one it cannot be published."),
            t("Add {example}.", example="{property: contact, value: dulieu@example.vn}"),
            Severity.WARNING,
        )
    levels = [item.get("property").text() for item in root.get("slaProperties").items()]
    if "frequency" not in levels and contract.data_layer not in AS_DECIDED:
        findings.add(
            ("slaProperties",),
            "update-cycle",
            t("It is not said how often it is updated; without that it cannot be published."),
            t("Add {example}.", example="{property: frequency, value: 1, unit: month}"),
            Severity.WARNING,
        )


def _delivery(root: Part, contract: Contract, findings: Findings) -> None:
    path = root.custom("delivery").path
    period = contract.period
    if contract.mode is DeliveryMode.UPSERT and not contract.key:
        findings.add(
            path,
            "mode",
            t("Rows can be changed by key only where the table has a key."),
            t("Write {example} at the columns of the key.", example="primaryKey: true"),
        )
    if contract.mode is not DeliveryMode.APPEND:
        if period:
            findings.add(
                path,
                "period",
                t("A delivery that replaces the whole table has no period.")
                if contract.mode is DeliveryMode.REPLACE
                else t("A delivery that changes rows by key has no period."),
                t("Take period away, or write mode: append."),
            )
        return
    if period is None:
        findings.add(
            path,
            "period",
            t("Appending needs a period."),
            t("Add {example}.", example="period: {column: ngay, unit: month}"),
        )
        return
    if period.column not in contract.column_names:
        return  # said by _named_columns
    column = contract.column(period.column)
    is_time = column.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP)
    if not column.required:
        findings.add(
            path,
            "period",
            t("The period column {column} may be empty.", column=column.name),
            t("Write required: true at that column."),
        )
    if not is_time and period.unit is not PeriodUnit.VALUE:
        findings.add(
            path,
            "period",
            t(
                "{column} is no date, so its periods cannot be counted in {unit}.",
                column=column.name,
                unit=period.unit,
            ),
            t("Write unit: value, or take a date column."),
        )
    if column.logical_type is LogicalType.NUMBER:
        findings.add(
            path,
            "period",
            t(
                "{column} is a number with decimals; a period needs exact values.",
                column=column.name,
            ),
            t("Take an integer, a text or a date column."),
        )


def _named_columns(root: Part, contract: Contract, findings: Findings) -> None:
    named = [("filterKey", name) for name in contract.filter_key]
    named += [("layout", rule.column) for rule in contract.layout.drop]
    if contract.layout.part_column is not None:
        named.append(("layout", contract.layout.part_column))
    if contract.period:
        named.append(("delivery", contract.period.column))
    for property_name, name in named:
        if name not in contract.column_names:
            findings.add(
                root.custom(property_name).path,
                "unknown-column",
                t(
                    "{property} names {column}, which is no column.",
                    property=property_name,
                    column=name,
                ),
                t("Use one of: {names}.", names=", ".join(contract.column_names)),
            )


def _service_levels(root: Part, findings: Findings) -> None:
    for item in root.get("slaProperties").items():
        name, unit = item.get("property").text() or "", item.get("unit").text()
        if name not in SLA_PROPERTIES:
            findings.add(
                item.path,
                "sla",
                t("There is no service level {name}.", name=name),
                t("Use one of: {names}.", names=", ".join(SLA_PROPERTIES)),
            )
        elif name != "availability" and unit not in SLA_UNITS:
            findings.add(
                item.path,
                "sla",
                t("The service level {name} has no known unit.", name=name),
                t("Use one of: {names}.", names=", ".join(SLA_UNITS)),
            )
        elif item.get("value").decimal() is None:
            findings.add(
                item.path,
                "sla",
                t("The service level {name} must be a number.", name=name),
                t("Write the number without quotes and its unit beside it."),
            )


def _table(table: Part, findings: Findings) -> None:
    if not TABLE_NAME.match(table.get("name").text() or ""):
        findings.add(
            (*table.path, "name"),
            "name",
            t("The name of a table is a small letter, then small letters, digits, underscores."),
            t("Write it like ho_so; the Vietnamese name goes to businessName."),
        )
    for key in ("id", "businessName"):
        if not table.get(key).text():
            findings.add(
                table.path,
                f"missing-{fold(key)}",
                t("{key} is missing.", key=key),
                t("Give the table a stable id and its Vietnamese name as businessName."),
            )
    if table.get("relationships").items():
        findings.add(
            (*table.path, "relationships"),
            "relationship",
            t("Relationships are read at columns only."),
            t("Write relationships with to: dataset.column at the column itself."),
        )
