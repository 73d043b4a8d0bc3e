import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.contracts.samples import VALID, changed, findings, line_of
from tinhdata.contracts import load_contract


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "empty-file", 1),
        (b"# only a comment\n", "empty-file", 1),
        (b"a: 1\nb: \xff\n", "not-utf-8", 2),
        (b"a: 1\nb: x\x00y\n", "control-character", 2),
        ("a: 1\nb: x\ufeffy\n".encode(), "control-character", 2),
        (b"a: 1\n\tb: 2\n", "tab", 2),
        (b"a: 1\nb: [1, 2\n", "not-yaml", 3),
        (b"a: 1\n b: 2\n", "not-yaml", 2),
        (b"a: 1\nb: 2\na: 3\n", "duplicate-key", 3),
        (b"a: {b: 1, b: 2}\n", "duplicate-key", 1),
        (b"a: &x 1\nb: *x\n", "anchor", 1),
        (b"a: 1\nb: *x\n", "anchor", 2),
        (b"a: 1\n<<: {b: 2}\n", "merge-key", 2),
        (b"a: !!int 1\n", "tag", 1),
        (b"a: !!python/object:os.system 1\n", "tag", 1),
        (b"a: 1\n---\nb: 2\n", "several-documents", 2),
        (b"a: 1\n? [x, y]\n: 2\n", "odd-key", 2),
        (b"a: " + b"[" * 60 + b"]" * 60, "too-deep", 1),
        (b"[1, 2]\n", "not-a-contract", 1),
        (b"just text\n", "not-a-contract", 1),
    ],
)
def test_each_trick_of_yaml_is_refused_with_its_line_and_a_fix(
    data: bytes, code: str, line: int
) -> None:
    (finding,) = findings(data)
    assert (finding.code, finding.where) == (code, f"sample.yaml:{line}")
    assert finding.fix is not None


def test_a_file_of_a_megabyte_is_not_even_parsed() -> None:
    (finding,) = findings(b"#" * 1_000_001)
    assert finding.code == "file-too-long"


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = load_contract(VALID.encode(), "a")
    windows = load_contract(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode(), "b")
    assert windows.hash == plain.hash


def test_scalars_stay_texts_where_a_text_is_wanted_and_become_numbers_only_where_one_is() -> None:
    loaded = load_contract(VALID.encode(), "a").contract
    assert loaded.column("ma_xa").synonyms == ("Mã ĐVHC", "NO", "05000", "1.10")
    assert loaded.missing_values == ("..", "00", "NO")
    assert loaded.column("ma_ho_so").min_length == 3


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("required: true", "required: yes"),
        ("required: true", 'required: "true"'),
        ("minLength: 3", "minLength: 0o3"),
        ("minLength: 3", "minLength: 03"),
        ("minLength: 3", 'minLength: "3"'),
        ("minimum: 0,", "minimum: 1e3,"),
        ("minimum: 0,", "minimum: .inf,"),
        ("minimum: 0,", "minimum: 0.00001,"),
        ('version: "1.0.0"', "version: 1.0"),
    ],
)
def test_what_is_not_plainly_a_number_or_a_yes_is_an_error_at_its_line(
    written: str, instead: str
) -> None:
    data = changed((written, instead))
    assert {f.where for f in findings(data)} == {f"sample.yaml:{line_of(data, instead)}"}


def test_an_unquoted_comma_in_a_flow_map_is_found_as_an_unknown_key() -> None:
    data = changed(("purpose: Theo dõi hồ sơ.", "purpose: x\n  limitatons: y"))
    (finding,) = findings(data)
    assert finding.code == "unknown-key"
    assert finding.where == f"sample.yaml:{line_of(data, 'limitatons')}"
    assert "limitations" in str(finding.fix)


def test_a_flow_map_cut_in_two_by_a_comma_is_no_valid_contract() -> None:
    data = changed(("description: Luật Dữ liệu}", "description: Luật Dữ liệu, một cửa}"))
    assert {f.where for f in findings(data)} == {f"sample.yaml:{line_of(data, 'một cửa')}"}


def test_a_key_without_a_value_is_an_error() -> None:
    data = changed(("usage: Để thử.", "usage:"))
    assert [f.code for f in findings(data)] == ["no-value"]


def test_several_faults_are_reported_at_once_in_the_order_of_the_file() -> None:
    data = changed(("kind: DataContract", "kind: Contract"), ("required: true", "required: ja"))
    lines = [int(f.where.rpartition(":")[2]) for f in findings(data)]
    assert lines == [2, line_of(data, "required: ja")]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_the_file_ends_in_anything_but_a_report(data: st.DataObject) -> None:
    text = VALID.encode()
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 40))
    put = data.draw(
        st.binary(max_size=6) | st.sampled_from([b"- ", b": ", b"{", b"]", b'"', b"\n"])
    )
    damaged = text[:start] + put + text[start + length :]
    # Either it loads, with nothing to say, or every finding names a line of the file.
    assert all(
        1 <= int(f.where.removeprefix("sample.yaml:")) <= damaged.count(b"\n") + 1
        for f in findings(damaged)
    )
