import pytest

from tests.unit.contracts.samples import VALID, contract, custom
from tinhdata.contracts import Bump, Change, Comparison, Contract, Verdict, compare

LETTERS = {Verdict.OK: "-", Verdict.WARN: "W", Verdict.BREAK: "B", Verdict.BLOCK: "X"}
"""A judgement is three of these, for readers, senders and privacy, and the number that rises."""

PAID = "logicalTypeOptions: {minimum: 0, maximum: 5000000.5}"
LENGTHS = "logicalTypeOptions: {minLength: 3, maxLength: 30}"
FEE = VALID[VALID.index("      - id: phi") : VALID.index("slaProperties:")]
XA = VALID[VALID.index("      - id: xa") : VALID.index("      - id: ten")]
ROW_RULE = VALID[VALID.index("      - id: tra_sau_nop") : VALID.index("    properties:")]
APPENDING = custom("delivery, value: {mode: append, period: {column: ngay_nop, unit: month}}")


def column(name: str, *more: str) -> str:
    lines = [f"      - id: {name}", f"        name: {name}", f"        businessName: {name}"]
    lines += ["        logicalType: string", "        classification: internal", *more]
    return "\n".join(lines) + "\nslaProperties:"


def only(comparison: Comparison) -> Change:
    (change,) = comparison.changes
    return change


@pytest.mark.parametrize(
    ("old", "new", "kind", "judgement"),
    [
        # drop, rename or retype a column, its key, its reference; required becomes optional
        (FEE, "", "column-dropped", "B-- major"),
        ("name: le_phi\n", "name: phi\n", "column-renamed", "B-- major"),
        ("decimals, value: 1", "decimals, value: 2", "type-changed", "B-- major"),
        ("{to: danh-muc-xa.ma}", "{to: danh-muc-khac.ma}", "reference-changed", "BB- major"),
        (XA, XA.replace("        required: true\n", ""), "now-optional", "B-- major"),
        ("    name: ho_so\n", "    name: ho_so_moi\n", "table-renamed", "B-- major"),
        # a new required column, a tighter range or pattern, a narrower list
        ("slaProperties:", column("moi", "        required: true"), "column-added", "-B- major"),
        ("name: kenh\n", "name: kenh\n        required: true\n", "now-required", "-B- major"),
        ("name: kenh\n", "name: kenh\n        unique: true\n", "now-unique", "-B- major"),
        (PAID, PAID.replace("minimum: 0", "minimum: 1"), "range-tightened", "-B- major"),
        (PAID, PAID.replace("5000000.5", "5000000"), "range-tightened", "-B- major"),
        (LENGTHS, LENGTHS.replace("30", "29"), "range-tightened", "-B- major"),
        (LENGTHS, LENGTHS.replace("minLength: 3", "minLength: 4"), "range-tightened", "-B- major"),
        ("minimum: 2020-01-01", "minimum: 2021-01-01", "range-tightened", "-B- major"),
        (LENGTHS, LENGTHS.replace("{", "{pattern: '[0-9]+', "), "pattern-changed", "-B- major"),
        ("[Trực tiếp, Trực tuyến]", "[Trực tiếp]", "values-narrowed", "-B- major"),
        ('["..", 00, NO]', '["..", 00]', "missing-values-narrowed", "-B- major"),
        ("maxRejectPercent: 12.5", "maxRejectPercent: 5", "reject-limit-changed", "-B- major"),
        ("mustBeBetween: [-50, 200.5]", "mustBeBetween: [-40, 200.5]", "rule-changed", "WB- major"),
        ("severity: warning", "severity: error", "severity-changed", "-B- major"),
        # a wider list or range
        ("[Trực tiếp, Trực tuyến]", "[Trực tiếp, Trực tuyến, Khác]", "values-widened", "W-- minor"),
        (PAID, PAID.replace("minimum: 0", "minimum: -1"), "range-widened", "W-- minor"),
        (LENGTHS, LENGTHS.replace(", maxLength: 30", ""), "range-widened", "W-- minor"),
        ("maximum: \"2030-12-31\"", "maximum: \"2031-12-31\"", "range-widened", "W-- minor"),
        (ROW_RULE, "", "rule-dropped", "W-- minor"),
        ("severity: warning", "severity: info", "severity-changed", "W-- minor"),
        ('["..", 00, NO]', '["..", 00, NO, "-"]', "missing-values-widened", "W-- minor"),
        # a new optional column, words, other ways of reading
        ("slaProperties:", column("moi"), "column-added", "--- minor"),
        ("synonyms, value: [", "synonyms, value: [Xã, ", "reading-changed", "-W- minor"),
        ("totals: [Tổng cộng]", "totals: [Tổng số]", "layout-changed", "-W- minor"),
        ("tags: [mau]", "tags: [khac]", "filing-changed", "--- minor"),
        ("Theo dõi hồ sơ.", "Theo dõi hồ sơ của tỉnh.", "text-changed", "--- patch"),
        ("businessName: Kênh nộp", "businessName: Kênh", "text-changed", "--- patch"),
        ("Ngày trả trước ngày nộp.", "Ngày trả quá sớm.", "text-changed", "--- patch"),
        # service levels
        ("value: 24, unit: h", "value: 240, unit: h", "service-weaker", "B-W major"),
        ("value: 24, unit: h", "value: 10, unit: d", "service-weaker", "B-W major"),
        ("value: 24, unit: h", "value: 12, unit: h", "service-better", "--- minor"),
        ("value: 5, unit: y", "value: 10, unit: y", "retention-longer", "B-W major"),
        ("value: 5, unit: y", "value: 1, unit: y", "retention-shorter", "B-- major"),
        # protection
        ("fication: internal", "fication: public", "classification-lowered", "--X major"),
        ("          - {property: personal, value: basic}\n", "", "personal-removed", "--X major"),
        ("mask, value: token", "mask, value: last-four", "mask-removed", "--X major"),
        ("mask, value: token", "mask, value: hide", "mask-changed", "B-- major"),
        ("value: shared", "value: private", "access-narrowed", "B-- major"),
        ("firstLevelApprovers: Văn phòng", "description: x", "role-loosened", "--X major"),
        ("roles:\n", "roles:\n  - {role: moi, access: read}\n", "role-loosened", "--X major"),
        ("agency, value: A99.1", "agency, value: A99.2", "owner-changed", "--X major"),
        (*custom("secondPerson, value: false"), "approval-loosened", "--X major"),
        # what a delivery and a release mean
        (*APPENDING, "mode-changed", "WB- major"),
        (*custom("cadence, value: daily"), "cadence-changed", "B-- major"),
        (*custom("duplicates, value: quarantine"), "duplicates-changed", "-B- major"),
        (*custom("licence, value: CC-BY-4.0"), "licence-changed", "B-- major"),
    ],
)  # fmt: skip
def test_each_change_is_judged_for_readers_senders_and_privacy(
    old: str, new: str, kind: str, judgement: str
) -> None:
    change = only(compare(contract(), contract((old, new))))
    verdicts = "".join(LETTERS[v] for v in (change.consumer, change.producer, change.privacy))
    assert (change.kind, f"{verdicts} {change.bump.name.lower()}") == (kind, judgement)


def kinds(old: Contract, new: Contract) -> set[str]:
    return {change.kind for change in compare(old, new).changes}


def test_nothing_changes_between_a_contract_and_itself() -> None:
    comparison = compare(contract(), contract())
    assert comparison.changes == ()
    assert comparison.next_version == "1.0.0"
    assert not comparison.breaks_consumers


def test_the_next_version_follows_the_gravest_change() -> None:
    wording = ("Theo dõi hồ sơ.", "Theo dõi.")
    wider = (PAID, PAID.replace("minimum: 0", "minimum: -1"))
    gone = (FEE, "")
    version = ('"1.0.0"', '"2.7.3"')
    base = contract(version)
    assert compare(base, contract(version, wording)).next_version == "2.7.4"
    assert compare(base, contract(version, wording, wider)).next_version == "2.8.0"
    assert compare(base, contract(version, wording, gone)).next_version == "3.0.0"


def test_a_lost_legal_basis_and_a_wider_access_need_signatures() -> None:
    second = '    - {type: legalBasis, url: "urn:vn:x", description: Khác}\nschema:'
    two = contract(("schema:", second))
    assert compare(two, contract()).needs_signatures
    assert not compare(contract(), two).needs_signatures
    private = contract(("accessLevel, value: shared", "accessLevel, value: private"))
    assert compare(private, contract()).needs_signatures
    assert not compare(contract(), private).needs_signatures


def test_a_column_kept_out_of_open_data_comes_in_only_with_signatures() -> None:
    excluded = contract(
        (
            "mask, value: token}\n",
            "mask, value: token}\n          - {property: openData, value: exclude}\n",
        )
    )
    assert compare(excluded, contract()).needs_signatures
    assert kinds(contract(), excluded) == {"open-data-narrowed"}


def test_a_renamed_column_is_known_by_its_id_and_one_with_a_new_id_is_another_one() -> None:
    replaced = contract(("- id: kenh\n", "- id: kenh_moi\n"))
    assert kinds(contract(), replaced) == {"column-replaced"}
    # Rows that stay are empty in it, so readers lose what stood there.
    assert compare(contract(), replaced).breaks_consumers
    both = contract(
        ("- id: kenh\n        name: kenh", "- id: kenh2\n        name: kenh2"),
        ("column: kenh", "column: kenh2"),
    )
    assert kinds(contract(), both) == {"column-added", "column-dropped", "layout-changed"}


def test_another_key_breaks_readers() -> None:
    wider = contract(("name: ma_xa\n", "name: ma_xa\n        primaryKey: true\n"))
    assert kinds(contract(), wider) == {"key-changed"}
    assert compare(contract(), wider).breaks_consumers


def test_columns_in_another_order_are_a_warning() -> None:
    moved = contract((FEE, ""), ("      - id: xa\n", FEE + "      - id: xa\n"))
    change = only(compare(contract(), moved))
    assert (change.kind, change.consumer) == ("order-changed", Verdict.WARN)


def test_simulated_rows_becoming_real_ones_break_readers() -> None:
    simulated = contract(
        ("name: Hồ sơ ví dụ", "name: Hồ sơ mô phỏng"), custom("simulated, value: true")
    )
    assert kinds(simulated, contract()) == {"simulated-changed", "text-changed"}


def test_a_change_back_is_judged_from_the_other_side() -> None:
    wide = contract(("[Trực tiếp, Trực tuyến]", "[Trực tiếp, Trực tuyến, Bưu chính]"))
    assert compare(contract(), wide).bump is Bump.MINOR
    assert compare(wide, contract()).breaks_producers


def test_versions_of_two_datasets_are_not_compared() -> None:
    with pytest.raises(ValueError, match="one dataset"):
        compare(contract(), contract(("id: ho-so-vi-du", "id: khac")))
