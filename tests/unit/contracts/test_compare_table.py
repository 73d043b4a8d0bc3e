"""The table of verdicts, line by line: whom a change concerns and which number it raises.

Its rows stand in the study of contracts and quality (6.4). Each test below is one of them; its
cases are every change that the row names, and others of the same kind.
"""

import pytest

from tests.unit.contracts.samples import VALID, contract, custom
from tinhdata.contracts import Bump, Comparison, Verdict, compare

OK, WARN, BREAK, BLOCK = Verdict.OK, Verdict.WARN, Verdict.BREAK, Verdict.BLOCK
Edit = tuple[str, str]

FEE = VALID[VALID.index("      - id: phi") : VALID.index("slaProperties:")]
XA = VALID[VALID.index("      - id: xa") : VALID.index("      - id: ten")]
PAID = "logicalTypeOptions: {minimum: 0, maximum: 5000000.5}"
LENGTHS = "logicalTypeOptions: {minLength: 3, maxLength: 30}"
CHANNELS = "[Trực tiếp, Trực tuyến]"
PERSON = "          - {property: personal, value: basic}\n"
SECOND_BASIS = '    - {type: legalBasis, url: "urn:vn:x", description: Khác}\nschema:'
SERVERS = "servers:\n  - {server: kho, type: local, path: ./kho, format: parquet}\nslaProperties:"
EXCLUDED = (
    "mask, value: token}\n",
    "mask, value: token}\n          - {property: openData, value: exclude}\n",
)


def compared(old: tuple[Edit, ...], new: tuple[Edit, ...]) -> Comparison:
    return compare(contract(*old), contract(*new))


def column(name: str, *more: str) -> Edit:
    lines = [f"      - id: {name}", f"        name: {name}", f"        businessName: {name}"]
    lines += ["        logicalType: string", *(more or ("        classification: internal",))]
    return "slaProperties:", "\n".join(lines) + "\nslaProperties:"


def gravest(found: Comparison) -> tuple[Verdict, Verdict, Verdict, Bump]:
    assert found.changes
    return (
        max(change.consumer for change in found.changes),
        max(change.producer for change in found.changes),
        max(change.privacy for change in found.changes),
        found.bump,
    )


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param((FEE, ""), id="drop a column"),
        pytest.param(("name: le_phi\n", "name: phi\n"), id="rename a column"),
        pytest.param(("decimals, value: 1", "decimals, value: 2"), id="retype a column"),
        pytest.param(("name: ma_xa\n", "name: ma_xa\n        primaryKey: true\n"), id="key"),
        pytest.param((XA, XA.replace("        required: true\n", "")), id="required to optional"),
    ],
)
def test_dropping_renaming_or_retyping_breaks_readers_alone(edit: Edit) -> None:
    assert gravest(compared((), (edit,))) == (BREAK, OK, OK, Bump.MAJOR)


def test_another_target_of_a_foreign_key_breaks_readers_and_binds_senders_to_another_list() -> None:
    found = compared((), (("{to: danh-muc-xa.ma}", "{to: danh-muc-khac.ma}"),))
    assert gravest(found) == (BREAK, BREAK, OK, Bump.MAJOR)
    without = XA.replace("        relationships: [{to: danh-muc-xa.ma}]\n", "")
    without = without.replace("          - {property: semanticType, value: commune-code}\n", "")
    gone = {change.kind: change for change in compared((), ((XA, without),)).changes}
    assert gone["reference-changed"].consumer is BREAK
    assert gone["reference-changed"].producer is OK


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            column("moi", "        required: true", "        classification: internal"),
            id="new required column",
        ),
        pytest.param(
            (LENGTHS, LENGTHS.replace("{", "{pattern: '[A-Z]+', ")), id="a pattern where none was"
        ),
        pytest.param((PAID, PAID.replace("minimum: 0", "minimum: 1")), id="tighter range"),
        pytest.param((LENGTHS, LENGTHS.replace("30", "29")), id="shorter length"),
        pytest.param(("maximum: \"2030-12-31\"", "maximum: \"2029-12-31\""), id="earlier last day"),
        pytest.param((CHANNELS, "[Trực tiếp]"), id="narrower list"),
    ],
)  # fmt: skip
def test_a_new_duty_breaks_senders_alone(edit: Edit) -> None:
    assert gravest(compared((), (edit,))) == (OK, BREAK, OK, Bump.MAJOR)


def test_another_pattern_breaks_senders_and_readers_take_note() -> None:
    with_pattern = (LENGTHS, LENGTHS.replace("{", "{pattern: '[A-Z0-9]+', "))
    tighter = (LENGTHS, LENGTHS.replace("{", "{pattern: '[A-Z]+', "))
    assert gravest(compared((with_pattern,), (tighter,))) == (WARN, BREAK, OK, Bump.MAJOR)


def test_a_wider_list_is_a_warning_for_readers() -> None:
    wider = (CHANNELS, "[Trực tiếp, Trực tuyến, Bưu chính]")
    assert gravest(compared((), (wider,))) == (WARN, OK, OK, Bump.MINOR)


def test_a_new_optional_column_raises_the_second_number_and_a_description_the_third() -> None:
    assert gravest(compared((), (column("moi"),))) == (OK, OK, OK, Bump.MINOR)
    words = ("Theo dõi hồ sơ.", "Theo dõi hồ sơ của tỉnh.")
    assert gravest(compared((), (words,))) == (OK, OK, OK, Bump.PATCH)


def test_a_new_column_about_persons_is_looked_at() -> None:
    personal = column(
        "cccd",
        "        classification: restricted",
        "        customProperties:",
        "          - {property: personal, value: basic}",
        "          - {property: mask, value: hide}",
    )
    assert gravest(compared((), (personal,))) == (OK, OK, WARN, Bump.MINOR)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param((), (("value: 24, unit: h", "value: 240, unit: h"),), id="slower"),
        pytest.param((), (("value: 1, unit: month", "value: 1, unit: quarter"),), id="rarer"),
        pytest.param((), (("  - {property: latency, value: 24, unit: h}\n", ""),), id="no promise"),
        pytest.param((), (("value: 5, unit: y", "value: 10, unit: y"),), id="kept longer"),
        pytest.param(
            (), (("  - {property: retention, value: 5, unit: y}\n", ""),), id="kept for ever"
        ),
        pytest.param(
            (("slaProperties:", SERVERS),),
            (("slaProperties:", SERVERS.replace("./kho", "./kho-moi")),),
            id="server moved",
        ),
    ],
)
def test_weaker_service_longer_keeping_and_another_server_break_readers_and_are_checked(
    old: tuple[Edit, ...], new: tuple[Edit, ...]
) -> None:
    assert gravest(compared(old, new)) == (BREAK, OK, WARN, Bump.MAJOR)


def test_a_server_that_is_gone_breaks_readers_and_one_more_does_not() -> None:
    with_server = ("slaProperties:", SERVERS)
    assert gravest(compared((with_server,), ()))[0] is BREAK
    assert gravest(compared((), (with_server,))) == (OK, OK, WARN, Bump.MINOR)


def test_words_about_a_server_change_nothing() -> None:
    described = SERVERS.replace("type: local", "type: local, description: Kho")
    assert compared((("slaProperties:", SERVERS),), (("slaProperties:", described),)).changes == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param((), (("fication: internal", "fication: public"),), id="classification"),
        pytest.param((), ((PERSON, ""),), id="no longer personal"),
        pytest.param((), ((PERSON + "          - {property: mask, value: token}\n",
                           "          - {property: openData, value: include}\n"),),
                     id="personal and mask gone"),
        pytest.param((), (("mask, value: token", "mask, value: last-four"),), id="weaker mask"),
        pytest.param((EXCLUDED,), (), id="column into open data"),
        pytest.param((), (("accessLevel, value: shared", "accessLevel, value: open"),
                          custom("licence, value: CC-BY-4.0"),
                          *((" classification: internal", " classification: public"),) * 6,
                          ("mask, value: token}\n", EXCLUDED[1])),
                     id="open to everyone"),
        pytest.param((("accessLevel, value: shared", "accessLevel, value: private"),), (),
                     id="shared"),
        pytest.param((), (("firstLevelApprovers: Văn phòng", "description: x"),),
                     id="approver gone"),
        pytest.param((), (("firstLevelApprovers: Văn phòng", "firstLevelApprovers: Ai đó"),),
                     id="approver replaced"),
        pytest.param((), (("roles:\n", "roles:\n  - {role: moi, access: read}\n"),),
                     id="role without approver"),
        pytest.param((), (("access: read", "access: write"),), id="role may do more"),
        pytest.param((), (custom("secondPerson, value: false"),), id="second person"),
        pytest.param((("schema:", SECOND_BASIS),), (), id="legal basis gone"),
    ],
)  # fmt: skip
def test_loosened_protection_needs_signatures(old: tuple[Edit, ...], new: tuple[Edit, ...]) -> None:
    found = compared(old, new)
    assert found.needs_signatures
    assert found.bump is Bump.MAJOR


def test_each_loosening_that_stands_alone_blocks_on_the_axis_of_protection_only() -> None:
    for edit in (
        ("fication: internal", "fication: public"),
        (PERSON, ""),
        ("mask, value: token", "mask, value: last-four"),
        ("firstLevelApprovers: Văn phòng", "description: x"),
    ):
        assert gravest(compared((), (edit,))) == (OK, OK, BLOCK, Bump.MAJOR)
