import pytest

from tests.unit.contracts.samples import VALID, changed, contract, custom, findings, line_of
from tinhdata.contracts import SEMANTIC_TYPES, Personal

PERSONAL = "          - {property: personal, value: basic}\n"
OPEN = (
    ("value: shared", "value: open"),
    ("  - {property: agency", "  - {property: licence, value: CC-BY-4.0}\n  - {property: agency"),
)


def test_the_sample_has_no_fault() -> None:
    assert findings(VALID.encode()) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        # the contract as a whole
        ("apiVersion: v3.1.0", "apiVersion: v3.0.2", "api-version"),
        ("kind: DataContract", "kind: Contract", "standard"),
        ("id: ho-so-vi-du", "id: Ho_So", "slug"),
        ("domain: hanh-chinh", "domain: hành chính", "slug"),
        ('version: "1.0.0"', 'version: "1.0"', "version"),
        ('version: "1.0.0"', 'version: "01.0.0"', "version"),
        ("name: Hồ sơ ví dụ", 'name: ""', "missing-text"),
        ("purpose: Theo dõi hồ sơ.", 'purpose: " "', "missing-text"),
        ("type: legalBasis", "type: other", "legal-basis"),
        (", description: Luật Dữ liệu}", "}", "legal-basis"),
        ("  - {property: agency, value: A99.1}\n", "", "missing-property"),
        ("  - {property: importance, value: ordinary}\n", "", "missing-property"),
        ("value: ordinary}", "value: normal}", "vocabulary"),
        ("property: importance", "property: imporance", "unknown-property"),
        (
            "property: dataLayer, value: transaction",
            "property: agency, value: B1",
            "duplicate-property",
        ),
        ("name: Hồ sơ ví dụ", "name: Hồ sơ ví dụ (mô phỏng)", "simulated"),
        (
            "  - {property: agency",
            "  - {property: simulated, value: true}\n  - {property: agency",
            "simulated",
        ),
        ("value: shared", "value: open", "licence"),
        (
            "  - {property: agency",
            "  - {property: delivery, value: {mode: append}}\n  - {property: agency",
            "period",
        ),
        (
            "  - {property: agency",
            "  - {property: filterKey, value: [x]}\n  - {property: agency",
            "unknown-column",
        ),
        ("drop: [{column: kenh", "drop: [{column: kenk", "unknown-column"),
        ("property: frequency", "property: speed", "sla"),
        ("unit: month", "unit: m", "sla"),
        ("maxRejectPercent: 12.5", "maxRejectPercent: 120", "vocabulary"),
        ("totals: [Tổng cộng]", "totls: [Tổng cộng]", "unknown-key"),
        (
            "businessName: Mã hồ sơ",
            "businessName: Mã hồ sơ\n        deprecated: false",
            "newer-key",
        ),
        # the table
        ("    name: ho_so\n", "    name: Hồ sơ\n", "name"),
        ("    businessName: Hồ sơ\n", "", "missing-businessname"),
        (
            "    name: ho_so\n",
            "    name: ho_so\n    relationships: [{from: a.b, to: c.d}]\n",
            "relationship",
        ),
        # columns
        ("      - id: ma\n        name: ma_ho_so", "      - name: ma_ho_so", "missing-key"),
        ("        businessName: Mã hồ sơ\n", "", "missing-key"),
        ("name: ma_ho_so", "name: mã", "name"),
        ("name: ma_ho_so", "name: _record", "name"),
        ("- id: xa", "- id: ma", "not-unique"),
        ("name: ma_xa", "name: ma_ho_so", "not-unique"),
        ("businessName: Mã xã", "businessName: MA HO SO", "same-header"),
        ("        logicalType: string\n", "", "type"),
        (
            "name: ma_xa\n        businessName: Mã xã\n        logicalType: string",
            "name: ma_xa\n        businessName: Mã xã\n        logicalType: array",
            "type",
        ),
        ("        primaryKey: true\n", "", "no-key"),
        ("        classification: internal\n", "", "classification"),
        ("classification: internal", "classification: secret", "classification"),
        ("value: commune-code", "value: comune-code", "semantic-type"),
        ("value: money", "value: month", "semantic-type"),
        ("        relationships: [{to: danh-muc-xa.ma}]\n", "", "reference"),
        ("to: danh-muc-xa.ma", "to: ho-so-vi-du.khong_co", "relationship"),
        ("[{to: danh-muc-xa.ma}]", "[{to: a.b}, {to: c.d}]", "relationship"),
        ("to: danh-muc-xa.ma", "to: a.b.c", "relationship"),
        ("          - {property: mask, value: token}\n", "", "mask"),
        ("classification: restricted", "classification: internal", "classification"),
        (PERSONAL, "", "personal-tag"),
        ("minLength: 3", "minLength: 31", "range"),
        ("minimum: 2020-01-01", "minimum: 2031-01-01", "range"),
        ("minimum: 2020-01-01", "minimum: 01/01/2020", "bound"),
        ("minimum: 2020-01-01", "minimum: 20200101", "standard"),
        ("minimum: 0,", "multipleOf: 2,", "option"),
        ("minimum: 0,", "exclusiveMinimum: 0,", "option"),
        ("minLength: 3", "pattern: '(?=a)b'", "pattern"),
        ("minLength: 3", "pattern: '(a'", "pattern"),
        ("{property: decimals, value: 1}", "{property: decimals, value: 12}", "vocabulary"),
        ("{property: semanticType, value: commune-code}", "{property: decimals, value: 1}", "type"),
        ('["%d.%m.%Y"]', '["%d.%m"]', "date-format"),
        ('["%d.%m.%Y"]', '["%q"]', "date-format"),
        # rules
        ("id: co_dong, ", "", "rule-id"),
        ("id: thay_doi", "id: co_dong", "rule-id"),
        ("name: Cần ít nhất một dòng., ", "", "rule-message"),
        (
            "          - {property: messageVi, value: Ngày trả trước ngày nộp.}\n",
            "",
            "rule-message",
        ),
        ("severity: warning", "severity: bad", "severity"),
        ("dimension: consistency", "dimension: timeliness", "dimension"),
        ("metric: rowCount, mustBeGreaterThan", "metric: nullValues, mustBeGreaterThan", "metric"),
        ("mustBeBetween: [-50, 200.5]", "mustBeBetween: [200.5, -50]", "range"),
        ("mustBeBetween: [-50, 200.5]", "mustBeGreaterThan: -50", "operator"),
        ("        unit: percent\n", "", "unit"),
        ("mustBe: 0\n", "mustBe: 5\n", "operator"),
        ("ngay_tra >= ngay_nop", "ngay_tra >= ngay_np", "predicate"),
        ("property: rowPredicate", "property: rowPredicat", "unknown-property"),
        ("metric: invalidValues", "metric: nullValues", "metric"),
        ("Trực tuyến]}\n", "Trực tuyến]}\n            severity: warning\n", "metric"),
    ],
)
def test_each_rule_finds_its_fault_and_says_how_to_mend_it(old: str, new: str, code: str) -> None:
    if code == "personal-tag":
        old, new, code = PERSONAL, "", "personal"
        data = changed((old, new), ("name: nguoi_nop", "name: nguoi_nop\n        tags: [pii]"))
    else:
        data = changed((old, new))
    found = findings(data)
    assert code in {finding.code for finding in found}, found
    assert all(finding.fix is not None for finding in found if finding.code == code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: ho-so-vi-du", "id: Ho_So"),
        ("value: ordinary}", "value: normal}"),
        ("property: importance", "property: imporance"),
        ("minLength: 3", "minLength: 31"),
        ("ngay_tra >= ngay_nop", "ngay_tra >= ngay_np"),
        ("value: comm", "value: com"),
        ('["%d.%m.%Y"]', '["%d.%m"]'),
        ("unit: month", "unit: fortnight"),
        ("to: danh-muc-xa.ma", "to: danh-muc-xa.a.b"),
    ],
)
def test_a_fault_is_reported_at_its_line_or_at_the_start_of_its_column(old: str, new: str) -> None:
    data = changed((old, new))
    named = {int(f.where.rpartition(":")[2]) for f in findings(data)}
    line = line_of(data, new)
    text = data.decode().splitlines()
    start = next(i for i in range(line, 0, -1) if text[i - 1].lstrip().startswith(("- ", "id:")))
    owner = next((i for i in range(line, 0, -1) if text[i - 1].startswith("      - id:")), line)
    assert named <= {line, start, owner}, (named, line)


def test_a_contract_with_two_tables_is_refused() -> None:
    data = changed(("slaProperties:", "  - {id: b, name: b, businessName: B}\nslaProperties:"))
    assert "one-table" in {f.code for f in findings(data)}


def test_an_open_dataset_shows_only_public_columns() -> None:
    assert "open-data" in {f.code for f in findings(changed(*OPEN))}
    public = VALID.replace("classification: internal", "classification: public")
    still = findings(changed(*OPEN, text=public))
    assert [f.code for f in still] == ["open-data"]
    excluded = (PERSONAL, PERSONAL + "          - {property: openData, value: exclude}\n")
    assert findings(changed(*OPEN, excluded, text=public)) == ()


def test_the_period_column_is_a_required_date() -> None:
    def with_period(column: str, unit: str) -> tuple[str, str]:
        return custom(
            f"delivery, value: {{mode: append, period: {{column: {column}, unit: {unit}}}}}"
        )

    assert findings(changed(with_period("ngay_nop", "month"))) == ()
    assert findings(changed(with_period("ma_xa", "value"))) == ()
    for column, unit in (("ngay_tra", "month"), ("ma_xa", "year"), ("le_phi", "value")):
        assert "period" in {f.code for f in findings(changed(with_period(column, unit)))}
    assert {f.code for f in findings(changed(with_period("x", "value")))} == {"unknown-column"}


def test_equal_headers_are_told_apart_by_position() -> None:
    same = ("businessName: Ngày trả", "businessName: Ngày nộp")
    assert "same-header" in {f.code for f in findings(changed(same))}
    told = (
        'value: ["%d.%m.%Y"]}',
        'value: ["%d.%m.%Y"]}\n          - {property: position, value: 2}',
    )
    assert findings(changed(same, told)) == ()


def test_the_list_of_codes_itself_needs_no_reference() -> None:
    data = changed(
        ("        primaryKey: true\n", ""),
        ("        relationships: [{to: danh-muc-xa.ma}]\n", "        primaryKey: true\n"),
    )
    assert findings(data) == ()


def test_a_semantic_type_of_persons_makes_the_column_personal() -> None:
    named = (PERSONAL, "          - {property: semanticType, value: person-name}\n")
    assert contract(named).column("nguoi_nop").personal is Personal.BASIC
    assert SEMANTIC_TYPES["person-name"].personal is Personal.BASIC
    unmasked = ("          - {property: mask, value: token}\n", "")
    assert "mask" in {f.code for f in findings(changed(named, unmasked))}
