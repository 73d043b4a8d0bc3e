from datetime import date
from decimal import Decimal

import yaml

from tests.unit.contracts.samples import VALID, changed, contract, custom
from tinhdata.contracts import (
    BatchRule,
    Bilingual,
    DeliveryMode,
    Dimension,
    DropRule,
    LegalBasis,
    LogicalType,
    Period,
    PeriodUnit,
    Personal,
    Reference,
    Severity,
    load_contract,
    restore_contract,
)
from tinhdata.kernel import sha256_hex


def test_the_contract_says_what_the_file_says() -> None:
    loaded = contract()
    assert (loaded.id, loaded.version, loaded.agency) == ("ho-so-vi-du", "1.0.0", "A99.1")
    assert loaded.name == Bilingual("Hồ sơ ví dụ")
    assert loaded.sector == "hanh-chinh"
    assert loaded.key == ("ma_ho_so",)
    assert loaded.legal_basis == (LegalBasis("urn:vn:luat:60/2024/QH15", "Luật Dữ liệu"),)
    assert loaded.max_reject_percent == Decimal("12.5")
    assert loaded.second_person
    assert loaded.update_cycle == "P1M"
    assert loaded.mode is DeliveryMode.REPLACE
    assert loaded.layout.drop == (DropRule("kenh", ("Huỷ",), Bilingual("Đã huỷ")),)


def test_columns_carry_their_types_ranges_and_protection() -> None:
    loaded = contract()
    submitted, fee, person = (loaded.column(n) for n in ("ngay_nop", "le_phi", "nguoi_nop"))
    assert (submitted.minimum, submitted.maximum) == (date(2020, 1, 1), date(2030, 12, 31))
    assert (fee.minimum, fee.maximum) == (Decimal(0), Decimal("5000000.5"))
    assert (fee.decimals, fee.unit) == (1, "đồng")
    assert (person.personal, person.mask) == (Personal.BASIC, "token")
    assert loaded.column("ma_xa").reference == Reference("danh-muc-xa", "ma")
    assert loaded.column("kenh").allowed == ("Trực tiếp", "Trực tuyến")


def test_a_semantic_type_fills_only_what_the_contract_leaves_open() -> None:
    pattern = "        logicalTypeOptions: {pattern: '19[0-9]{3}'}\n"
    own = ("        relationships: [{to", f"{pattern}        relationships: [{{to")
    assert contract().column("ma_xa").pattern == "[0-9]{5}"
    assert contract(own).column("ma_xa").pattern == "19[0-9]{3}"


def test_rules_become_row_rules_and_batch_rules() -> None:
    loaded = contract()
    (rule,) = loaded.row_rules
    assert rule.predicate == '"ngay_tra" IS NULL OR "ngay_tra" >= "ngay_nop"'
    assert (rule.severity, rule.dimension) == (Severity.WARNING, Dimension.ACCURATE)
    assert rule.columns == ("ngay_tra", "ngay_nop")
    assert rule.message == Bilingual("Ngày trả trước ngày nộp.")
    assert loaded.batch_rules == (
        BatchRule(
            "co_dong",
            "rowCount",
            Decimal(1),
            None,
            Severity.ERROR,
            Bilingual("Cần ít nhất một dòng."),
        ),
        BatchRule(
            "thay_doi",
            "rowCountChange",
            Decimal(-50),
            Decimal("200.5"),
            Severity.CRITICAL,
            Bilingual("Số dòng thay đổi quá nhiều."),
        ),
    )


def test_open_ends_of_a_row_count_become_closed_ones() -> None:
    spans = {
        "mustBeGreaterThan: 4.5": (5, None),
        "mustBeLessThan: 5": (None, 4),
        "mustBeLessThan: 4.5": (None, 4),
        "mustBeLessOrEqualTo: 7": (None, 7),
        "mustBeGreaterOrEqualTo: 7": (7, None),
        "mustBe: 92": (92, 92),
    }
    for written, expected in spans.items():
        rule = contract(("mustBeGreaterThan: 0", written)).batch_rules[0]
        assert (rule.minimum, rule.maximum) == expected, written


def test_a_composite_key_stands_in_the_order_of_its_positions() -> None:
    loaded = contract(
        ("primaryKey: true", "primaryKey: true\n        primaryKeyPosition: 2"),
        (
            "name: ngay_nop",
            "name: ngay_nop\n        primaryKey: true\n        primaryKeyPosition: 1",
        ),
    )
    assert loaded.key == ("ngay_nop", "ma_ho_so")


def test_appending_names_its_period() -> None:
    period = "period: {column: ngay_nop, unit: month}"
    loaded = contract(custom(f"delivery, value: {{mode: append, {period}}}"))
    assert loaded.mode is DeliveryMode.APPEND
    assert loaded.period == Period("ngay_nop", PeriodUnit.MONTH)


def test_version_three_two_of_the_standard_is_read_with_its_own_words() -> None:
    start, end = (
        VALID.index("        quality:\n          - id: kenh"),
        VALID.index("      - id: nop"),
    )
    newer = "        synonyms: [{synonym: Channel}]\n        enum: [{value: 01}, {value: NO}]\n"
    loaded = contract(("v3.1.0", "v3.2.0"), (VALID[start:end], newer))
    assert loaded.column("kenh").allowed == ("01", "NO")
    assert loaded.column("kenh").synonyms == ("Channel",)


def test_a_timestamp_and_an_integer_have_bounds_of_their_own_type() -> None:
    loaded = contract(
        ("logicalType: number", "logicalType: integer"),
        ("maximum: 5000000.5", "maximum: 5000000"),
        ("\n          - {property: decimals, value: 1}", ""),
    )
    fee = loaded.column("le_phi")
    assert fee.logical_type is LogicalType.INTEGER
    assert isinstance(fee.maximum, int)


def test_the_hash_does_not_depend_on_the_layout_of_the_file() -> None:
    loaded = load_contract(VALID.encode(), "a")
    flow = yaml.safe_dump(dict(loaded.document), allow_unicode=True, sort_keys=True, width=60)
    assert load_contract(flow.encode(), "b").hash == loaded.hash
    assert load_contract(loaded.canonical, "c").canonical == loaded.canonical
    assert loaded.hash == sha256_hex(loaded.canonical)
    other = load_contract(changed(("Để thử.", "Để thử!")), "d")
    assert other.hash != loaded.hash


def test_kept_bytes_give_the_same_contract_again() -> None:
    loaded = load_contract(VALID.encode(), "a")
    again = restore_contract(loaded.canonical)
    assert (again.contract, again.hash) == (loaded.contract, loaded.hash)


def test_a_rule_for_another_engine_is_a_remark_and_no_fault() -> None:
    data = changed(
        (
            "    properties:\n",
            "      - {id: khac, type: custom, engine: soda, implementation: x}\n    properties:\n",
        )
    )
    loaded = load_contract(data, "a")
    assert [f.code for f in loaded.findings] == ["other-engine"]
