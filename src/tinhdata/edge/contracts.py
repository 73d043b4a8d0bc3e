"""A data contract as a file to read: the registered document, written as YAML. Pure."""

import json

import yaml

from tinhdata.kernel import JSON

_FIRST = (
    "apiVersion",
    "kind",
    "id",
    "name",
    "property",
    "version",
    "status",
    "businessName",
    "value",
    "domain",
    "tenant",
    "dataProduct",
    "logicalType",
    "physicalType",
    "primaryKey",
    "primaryKeyPosition",
    "required",
    "unique",
    "classification",
    "purpose",
    "type",
    "metric",
    "description",
    "logicalTypeOptions",
    "relationships",
)
_LAST = ("properties", "quality", "schema", "slaProperties", "roles", "team", "customProperties")


def contract_yaml(canonical: bytes) -> str:
    """Write the canonical document (JSON) as YAML; its content, and so its meaning, is the same.

    Keys stand as people write them, names first and long parts last; the canonical form sorts them.
    """
    return yaml.safe_dump(
        _ordered(json.loads(canonical)), allow_unicode=True, sort_keys=False, width=100, indent=2
    )


def _ordered(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_place)}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return value


def _place(key: str) -> tuple[int, int, str]:
    if key in _FIRST:
        return 0, _FIRST.index(key), key
    return (2, _LAST.index(key), key) if key in _LAST else (1, 0, key)
