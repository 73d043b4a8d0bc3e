"""A small pack of its own: two agencies, five datasets, none of them of a real province."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

CODES = "khu-vuc-thu"
CASES = "ho-so-thu"
READINGS = "so-do-thu"
ELSEWHERE = "noi-khac-thu"
LIST = "danh-sach-thu"

_PERSONAL: dict[str, object] = {"personal": "basic", "mask": "token"}


@dataclass(frozen=True)
class Col:
    name: str
    label: str
    kind: str = "string"
    key: int = 0
    required: bool = False
    options: dict[str, object] = field(default_factory=dict)
    refers: str | None = None
    custom: dict[str, object] = field(default_factory=dict)
    id: str = ""
    """The stable id, where it is not the name."""
    unique: bool = False


@dataclass(frozen=True)
class Set:
    """A dataset to be declared."""

    id: str
    columns: tuple[Col, ...]
    agency: str = "T01"
    version: str = "1.0.0"
    second_person: bool = False
    custom: dict[str, object] = field(default_factory=dict)
    rules: tuple[dict[str, object], ...] = ()


def _properties(values: dict[str, object]) -> list[dict[str, object]]:
    return [{"property": name, "value": value} for name, value in values.items()]


def row_rule(name: str, predicate: str, message: str, severity: str = "error") -> dict[str, object]:
    return {
        "id": name,
        "type": "sql",
        "query": f"SELECT COUNT(*) FROM ${{object}} WHERE NOT ({predicate})",
        "mustBe": 0,
        "dimension": "accuracy",
        "severity": severity,
        "customProperties": _properties({"rowPredicate": predicate, "messageVi": message}),
    }


AT_LEAST_ONE: dict[str, object] = {
    "id": "it-nhat-mot-dong",
    "metric": "rowCount",
    "mustBeGreaterOrEqualTo": 1,
    "severity": "critical",
    "dimension": "completeness",
    "customProperties": [{"property": "messageVi", "value": "Tệp không có dòng nào."}],
}

CODES_SET = Set(
    CODES,
    (Col("ma", "Mã khu vực", key=1, required=True), Col("ten", "Tên khu vực")),
)
CASES_SET = Set(
    CASES,
    (
        Col("ma", "Mã hồ sơ", key=1, required=True, options={"pattern": "HS[0-9]{3}"}),
        Col("nguoi_nop", "Người nộp", custom=_PERSONAL),
        Col("khu_vuc", "Khu vực", refers=f"{CODES}.ma"),
        Col("ngay_nop", "Ngày nộp", "date", required=True),
        Col("so_tien", "Số tiền", "number", options={"minimum": 0}, custom={"decimals": 2}),
    ),
    second_person=True,
    custom={"quarantine": {"maxRejectPercent": 60}},
    rules=(
        AT_LEAST_ONE,
        row_rule("khong-qua-lon", "so_tien <= 1000000", "Số tiền lớn bất thường."),
    ),
)
READINGS_SET = Set(
    READINGS,
    (
        Col("tram", "Trạm", key=1, required=True),
        Col("ngay", "Ngày đo", "date", key=2, required=True),
        Col("gia_tri", "Giá trị", "number", options={"maximum": 999}, custom={"decimals": 1}),
    ),
    custom={"delivery": {"mode": "append", "period": {"column": "ngay", "unit": "month"}}},
)
ELSEWHERE_SET = Set(
    ELSEWHERE,
    (Col("ma", "Mã", key=1, required=True), Col("ten", "Tên")),
    agency="T02",
)
LIST_SET = Set(
    LIST,
    (
        Col("ma", "Mã số", key=1, required=True, options={"pattern": "M[0-9]+"}),
        Col("ten", "Tên gọi", required=True),
        Col("so", "Số lượng", "integer", options={"minimum": 0, "maximum": 999}),
        Col("ngay", "Ngày ghi", "date"),
    ),
    custom={"layout": {"drop": [{"column": "ten", "values": ["Huỷ"], "reason": "Đã huỷ"}]}},
)
ALL = (CODES_SET, CASES_SET, READINGS_SET, ELSEWHERE_SET, LIST_SET)


def contract_text(of: Set) -> str:
    """Give the contract of a dataset as YAML."""
    law = {"type": "legalBasis", "url": "urn:vn:luat:60/2024/QH15", "description": "Luật Dữ liệu"}
    schema = {
        "id": of.id.replace("-", "_"),
        "name": of.id.replace("-", "_"),
        "businessName": f"Bảng {of.id}",
        "quality": list(of.rules),
        "properties": [_column(column) for column in of.columns],
    }
    if not of.rules:
        del schema["quality"]
    custom = {
        "agency": of.agency,
        "accessLevel": "shared",
        "importance": "ordinary",
        "dataLayer": "transaction",
        "contact": "dulieu@example.vn",
        "secondPerson": of.second_person,
        **of.custom,
    }
    return yaml.safe_dump(
        {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": of.id,
            "version": of.version,
            "status": "active",
            "name": f"Bộ dữ liệu {of.id}",
            "domain": "linh-vuc-thu",
            "description": {
                "purpose": "Bảng dùng để thử.",
                "usage": "Để thử.",
                "authoritativeDefinitions": [law],
            },
            "schema": [schema],
            "slaProperties": [{"property": "frequency", "value": 1, "unit": "month"}],
            "customProperties": _properties(custom),
        },
        allow_unicode=True,
        sort_keys=False,
    )


def write_pack(folder: Path, *, second_person: bool = False) -> Path:
    """Write the pack into `folder`, which is made.

    `second_person` has every dataset wait for a second person, not only that of cases.
    """
    (folder / "contracts" / "linh-vuc-thu").mkdir(parents=True)
    (folder / "code-lists").mkdir()
    for each in ALL:
        path = folder / "contracts" / "linh-vuc-thu" / f"{each.id}.yaml"
        wants = each.second_person or second_person
        text = contract_text(replace(each, second_person=wants))
        path.write_text(text, encoding="utf-8")
    agencies = [
        {
            "code": code,
            "name": {"vi": f"Cơ quan {code}"},
            "level": "provincial",
            "certainty": "simulated",
        }
        for code in ("T01", "T02")
    ]
    law = {
        "urn": "urn:vn:luat:60/2024/QH15",
        "title": "Luật Dữ liệu",
        "valid_from": "2025-07-01",
        "status": "in-force",
        "certainty": "text",
    }
    head = {
        "id": "tinh-thu",
        "version": "1.0.0",
        "name": {"vi": "Tỉnh thử"},
        "province_code": "19",
        "effective_from": "2025-07-01",
        "actor": "pack",
        "demo": "true",
        "sample_day": "2026-09-30",
    }
    covers = {"first": "2026-01-01", "last": "2026-12-31"}
    for name, content in (
        ("pack", head),
        ("agencies", {"agencies": agencies}),
        ("laws", {"laws": [law]}),
        ("databases", {"databases": []}),
        ("holidays", {"covers": covers, "holidays": []}),
    ):
        text = yaml.safe_dump(content, allow_unicode=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    header = "code,name,type,former_province,former_districts,predecessors\n"
    (folder / "units.csv").write_text(header, encoding="utf-8")
    return folder


def _column(column: Col) -> dict[str, object]:
    found: dict[str, object] = {
        "id": column.id or column.name,
        "name": column.name,
        "businessName": column.label,
        "logicalType": column.kind,
        "required": column.required,
        "classification": "restricted" if "personal" in column.custom else "internal",
        "description": f"Cột {column.label}.",
    }
    if column.key:
        found |= {"primaryKey": True, "primaryKeyPosition": column.key}
    if column.unique:
        found["unique"] = True
    if column.options:
        found["logicalTypeOptions"] = column.options
    if "geometry" in column.custom:
        found["physicalType"] = "geometry"
    if column.refers:
        found["relationships"] = [{"type": "foreignKey", "to": column.refers}]
    if column.custom:
        found["customProperties"] = _properties(column.custom)
    return found
