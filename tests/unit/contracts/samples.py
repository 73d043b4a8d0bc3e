"""A contract to begin with, and small changes of its text."""

from tinhdata.contracts import Contract, ContractInvalid, Finding, load_contract

VALID = """\
apiVersion: v3.1.0
kind: DataContract
id: ho-so-vi-du
version: "1.0.0"
name: Hồ sơ ví dụ
domain: hanh-chinh
tags: [mau]
description:
  purpose: Theo dõi hồ sơ.
  usage: Để thử.
  authoritativeDefinitions:
    - {type: legalBasis, url: "urn:vn:luat:60/2024/QH15", description: Luật Dữ liệu}
schema:
  - id: ho_so
    name: ho_so
    businessName: Hồ sơ
    quality:
      - {id: co_dong, name: Cần ít nhất một dòng., metric: rowCount, mustBeGreaterThan: 0}
      - id: thay_doi
        name: Số dòng thay đổi quá nhiều.
        metric: rowCount
        unit: percent
        mustBeBetween: [-50, 200.5]
        severity: critical
        customProperties: [{property: metric, value: rowCountChange}]
      - id: tra_sau_nop
        type: sql
        query: SELECT COUNT(*) FROM ${object} WHERE ngay_tra < ngay_nop
        mustBe: 0
        dimension: consistency
        severity: warning
        customProperties:
          - {property: rowPredicate, value: "ngay_tra IS NULL OR ngay_tra >= ngay_nop"}
          - {property: messageVi, value: Ngày trả trước ngày nộp.}
    properties:
      - id: ma
        name: ma_ho_so
        businessName: Mã hồ sơ
        logicalType: string
        primaryKey: true
        required: true
        classification: internal
        logicalTypeOptions: {minLength: 3, maxLength: 30}
      - id: xa
        name: ma_xa
        businessName: Mã xã
        logicalType: string
        required: true
        classification: internal
        relationships: [{to: danh-muc-xa.ma}]
        customProperties:
          - {property: semanticType, value: commune-code}
          - {property: synonyms, value: [Mã ĐVHC, NO, 05000, 1.10]}
      - id: ten
        name: nguoi_nop
        businessName: Người nộp
        logicalType: string
        classification: restricted
        customProperties:
          - {property: personal, value: basic}
          - {property: mask, value: token}
      - id: kenh
        name: kenh
        businessName: Kênh nộp
        logicalType: string
        classification: internal
        quality:
          - id: kenh_dung
            metric: invalidValues
            arguments: {validValues: [Trực tiếp, Trực tuyến]}
            mustBe: 0
      - id: nop
        name: ngay_nop
        businessName: Ngày nộp
        logicalType: date
        required: true
        classification: internal
        logicalTypeOptions: {minimum: 2020-01-01, maximum: "2030-12-31"}
      - id: tra
        name: ngay_tra
        businessName: Ngày trả
        logicalType: date
        classification: internal
        customProperties:
          - {property: dateFormats, value: ["%d.%m.%Y"]}
      - id: phi
        name: le_phi
        businessName: Lệ phí
        logicalType: number
        classification: internal
        logicalTypeOptions: {minimum: 0, maximum: 5000000.5}
        customProperties:
          - {property: semanticType, value: money}
          - {property: decimals, value: 1}
slaProperties:
  - {property: frequency, value: 1, unit: month}
  - {property: latency, value: 24, unit: h}
  - {property: retention, value: 5, unit: y}
roles:
  - {role: doc-du, access: read, firstLevelApprovers: Văn phòng}
customProperties:
  - {property: agency, value: A99.1}
  - {property: accessLevel, value: shared}
  - {property: importance, value: ordinary}
  - {property: dataLayer, value: transaction}
  - {property: contact, value: dulieu@example.vn}
  - {property: missingValues, value: ["..", 00, NO]}
  - {property: quarantine, value: {maxRejectPercent: 12.5}}
  - property: layout
    value:
      totals: [Tổng cộng]
      drop: [{column: kenh, values: [Huỷ], reason: Đã huỷ}]
"""


def changed(*replacements: tuple[str, str], text: str = VALID) -> bytes:
    """Give the sample with each text, which must be there, replaced once."""
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


def custom(entry: str) -> tuple[str, str]:
    """Give the replacement that adds a customProperty to the contract."""
    first = "  - {property: agency"
    return first, f"  - {{property: {entry}}}\n{first}"


def contract(*replacements: tuple[str, str]) -> Contract:
    return load_contract(changed(*replacements), "sample.yaml").contract


def findings(data: bytes) -> tuple[Finding, ...]:
    """Give what is wrong with `data`; nothing if it loads."""
    try:
        load_contract(data, "sample.yaml")
    except ContractInvalid as problem:
        return problem.findings
    return ()


def line_of(data: bytes, text: str) -> int:
    """Give the line (1-based) in which `text` first stands."""
    return data.decode().partition(text)[0].count("\n") + 1
