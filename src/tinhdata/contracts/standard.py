"""The ODCS standard: what its JSON Schema wants at each place, and whether a document meets it.

The schema and the models are those of the open-data-contract-standard package. The models alone
drop unknown nested keys in silence and the schema leaves some mappings open, so both are asked, and
keys that the standard does not name are refused here.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import pydantic
from jsonschema import Draft201909Validator, ValidationError
from open_data_contract_standard.model import OpenDataContractStandard

from tinhdata.contracts.custom_properties import Place, lookup, names_at
from tinhdata.contracts.model import LogicalType
from tinhdata.contracts.part import Part
from tinhdata.contracts.place import Findings, Path
from tinhdata.contracts.shapes import BRANCHES, is_list, odcs_schema, place_of
from tinhdata.kernel import JSON, JSONObject, Text, t

_GENERAL_FIX = t("Compare the place with the reference of contracts.")


@cache
def _validator() -> Draft201909Validator:
    return Draft201909Validator(odcs_schema())


def check_document(document: JSONObject, findings: Findings) -> None:
    """Hold `document` against the JSON Schema and the models of the standard."""
    untyped = tuple(_untyped(document))
    for path in untyped:
        findings.add(
            path,
            "type",
            t("The column has no logicalType."),
            t("Use one of: {names}.", names=", ".join(LogicalType)),
        )
    # Without a type the schema holds a column against the rules of every type at once.
    errors = [
        leaf
        for error in _validator().iter_errors(document)
        for leaf in _leaves(error)
        if tuple(leaf.absolute_path)[:4] not in untyped
    ]
    # A fragment that fails does not count as having seen its keys, so "unexpected key" is then
    # only an echo. Keys that really are unknown were found by the conversion.
    solid = [error for error in errors if not str(error.validator).startswith("unevaluated")]
    for error in solid or errors:
        text, fix = _in_words(error)
        findings.add(tuple(error.absolute_path), "standard", text, fix)
    if findings.has_errors:
        return
    try:
        OpenDataContractStandard.model_validate(document)
    except pydantic.ValidationError as faults:
        for fault in faults.errors(include_url=False):
            findings.add(
                fault["loc"],
                "standard",
                t("The standard does not allow this: {detail}.", detail=fault["msg"]),
                _GENERAL_FIX,
            )


def _untyped(document: JSONObject) -> Iterator[Path]:
    for table in Part(document).get("schema").items():
        for column in table.get("properties").items():
            if not column.get("logicalType").is_there:
                yield column.path


def check_value(value: JSON, schema: JSONObject, path: Path, name: str, findings: Findings) -> None:
    """Hold the value of customProperty `name` against its fragment of the vocabulary."""
    for error in Draft201909Validator(schema).iter_errors(value):
        text, fix = _in_words(error)
        findings.add(
            (*path, *error.absolute_path),
            "vocabulary",
            t("{property}: {detail}", property=name, detail=text),
            fix,
        )


def check_names(document: JSONObject, findings: Findings) -> None:
    """Refuse customProperties that the vocabulary does not name, or whose values do not fit."""
    _walk_names(document, (), findings)


def _walk_names(value: JSON, path: Path, findings: Findings) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == "customProperties" and is_list(item):
                _check_list(item, (*path, key), findings)
            else:
                _walk_names(item, (*path, key), findings)
    elif is_list(value):
        for index, item in enumerate(value):
            _walk_names(item, (*path, index), findings)


def _check_list(items: Sequence[JSON], path: Path, findings: Findings) -> None:
    place = place_of(path[:-1])
    seen: set[str] = set()
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            continue
        name, where = str(item.get("property")), (*path, index)
        entry = lookup(place, name) if place else None
        if entry is None:
            text = t("There is no customProperty {name} here.", name=name)
            findings.add(where, "unknown-property", text, _hint(place, name))
        elif name in seen:
            text = t("The customProperty {name} stands twice.", name=name)
            findings.add(where, "duplicate-property", text, t("Keep one of the two."))
        else:
            check_value(item.get("value"), entry.schema, (*where, "value"), name, findings)
        seen.add(name)


def _hint(place: Place | None, name: str) -> Text:
    if place is None:
        return t("Take it away: nothing reads customProperties in this place.")
    near = difflib.get_close_matches(name, names_at(place), n=1, cutoff=0.5)
    if near:
        return t("Write {key}.", key=near[0])
    return t("Use one of: {names}.", names=", ".join(names_at(place)))


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Follow alternatives down to the branch that came nearest to fitting."""
    if error.validator in BRANCHES and error.context:
        branches: dict[object, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0] if inner.schema_path else 0, []).append(inner)
        nearest = min(branches.values(), key=lambda b: (_is_type_mismatch(b), len(b)))
        for inner in nearest:
            yield from _leaves(inner)
    else:
        yield error


def _is_type_mismatch(branch: list[ValidationError]) -> bool:
    return any(error.validator == "type" and not error.path for error in branch)


def _in_words(error: ValidationError) -> tuple[Text, Text]:
    keys = [step for step in error.absolute_path if isinstance(step, str)]
    place, wanted = keys[-1] if keys else "contract", _wanted(error)
    match error.validator:
        case "required":
            present = error.instance if isinstance(error.instance, Mapping) else {}
            missing = ", ".join(key for key in wanted if key not in present)
            return (t("{key} is missing.", key=missing), t("Add {key}.", key=missing))
        case "type":
            return (
                t("{key} must be of type {type}.", key=place, type=" / ".join(wanted)),
                t("Write true, false and numbers without quotes, texts in quotes."),
            )
        case "enum" | "const":
            if place == "logicalType" and "properties" in keys:
                # The standard has more types than a table of ours can hold.
                wanted = tuple(LogicalType)
            return (
                t("{key} may not be {value}.", key=place, value=str(error.instance)),
                t("Use one of: {names}.", names=", ".join(wanted)),
            )
        case "pattern":
            return (
                t("{key} may not be {value}.", key=place, value=str(error.instance)),
                t("It must match {pattern}.", pattern=wanted[0]),
            )
        case "additionalProperties" | "unevaluatedProperties":
            return (
                t("A key here does not fit with the other ones: {detail}.", detail=error.message),
                t("Take it away, or change the type that decides which keys are allowed."),
            )
    return (t("The standard does not allow this: {detail}.", detail=error.message), _GENERAL_FIX)


def _wanted(error: ValidationError) -> tuple[str, ...]:
    value = error.validator_value
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
