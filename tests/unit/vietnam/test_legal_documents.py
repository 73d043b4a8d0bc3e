import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.vietnam.real_data import real_file
from tinhdata.vietnam import (
    Abbreviations,
    DocumentKind,
    LegalDocument,
    Unreadable,
    find_legal_documents,
    parse_legal_document,
)

LAWS = Path(__file__).parents[3] / "packs" / "thai-nguyen" / "laws.yaml"


def document(text: str) -> LegalDocument:
    read = parse_legal_document(text)
    assert isinstance(read, LegalDocument), read
    return read


def reason(text: str) -> str:
    answer = parse_legal_document(text)
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


@pytest.mark.parametrize(
    ("text", "form", "kind", "issuer"),
    [
        ("Luật Dữ liệu số 60/2024/QH15", "60/2024/QH15", DocumentKind.LAW, "QH15"),
        ("47/2020/NĐ-CP", "47/2020/NĐ-CP", DocumentKind.DECREE, "CP"),
        ("1459/QĐ-TCMT", "1459/QĐ-TCMT", DocumentKind.DECISION, "TCMT"),
        ("12/2021/TT-BTNMT", "12/2021/TT-BTNMT", DocumentKind.CIRCULAR, "BTNMT"),
        ("214/NQ-CP", "214/NQ-CP", DocumentKind.RESOLUTION, "CP"),
        ("QCVN 05:2023/BTNMT", "QCVN 05:2023/BTNMT", DocumentKind.REGULATION, "BTNMT"),
        ("TCVN 11930:2017", "TCVN 11930:2017", DocumentKind.STANDARD, ""),
        ("57-NQ/TW", "57-NQ/TW", DocumentKind.RESOLUTION, "TW"),
        ("05-QĐ/BCĐTW", "05-QĐ/BCĐTW", DocumentKind.PARTY_RULE, "BCĐTW"),
        ("Quy định số 69-QĐ/TW", "69-QĐ/TW", DocumentKind.PARTY_RULE, "TW"),
        ("Quyết định số 244-QĐ/TW", "244-QĐ/TW", DocumentKind.DECISION, "TW"),
        ("1215/TTg-KSTT", "1215/TTg-KSTT", DocumentKind.LETTER, "TTg"),
        ("01/2014/TTLT-BTC-BNV", "01/2014/TTLT-BTC-BNV", DocumentKind.JOINT_CIRCULAR, "BTC-BNV"),
        ("78/KH-UBND", "78/KH-UBND", DocumentKind.PLAN, "UBND"),
        ("Pháp lệnh 02/2022/UBTVQH15", "02/2022/UBTVQH15", DocumentKind.ORDINANCE, "UBTVQH15"),
    ],
)
def test_a_number_tells_kind_and_issuer(
    text: str, form: str, kind: DocumentKind, issuer: str
) -> None:
    read = document(text)
    assert (str(read), read.kind, read.issuer) == (form, kind, issuer)


@pytest.mark.parametrize(
    "text",
    [
        "Nghị định số 47/2020/NĐ-CP",
        "nghị định 47/2020/nđ-cp",
        "NĐ 47/2020/NĐ-CP",
        "Nghị định số: 47 / 2020 / NĐ – CP ngày 09/4/2020",
        "47/2020/ND-CP",
        "47/2020/N\u00d0-CP",
        "Nghị định số 47/2020/NĐ-CP ngày 9 tháng 4 năm 2020 của Chính phủ",
    ],
)
def test_odd_writings_come_to_one_form_and_one_urn(text: str) -> None:
    assert str(document(text)) == "47/2020/NĐ-CP"
    assert document(text).urn == "urn:vn:nd:47/2020/NĐ-CP"


def test_the_day_gives_the_year_that_the_number_lacks() -> None:
    read = document("Quyết định số 2439/QĐ-TTg ngày 04/11/2025")
    assert (str(read), read.issued) == ("2439/QĐ-TTg", date(2025, 11, 4))
    assert read.urn == "urn:vn:qd:2439/2025/QĐ-TTg"
    assert not read.is_normative
    assert document("2439/QĐ-TTg").urn == "urn:vn:qd:2439/QĐ-TTg"


def test_a_number_of_the_assembly_needs_its_word_to_be_a_law_or_a_resolution() -> None:
    assert document("202/2025/QH15").urn is None
    assert document("Nghị quyết số 202/2025/QH15").urn == "urn:vn:nq:202/2025/QH15"
    assert document("Luật 148/2025/QH15").urn == "urn:vn:luat:148/2025/QH15"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Quyết định 47/2020/NĐ-CP", "does not belong"),
        ("47/2020/NĐ-CP ngày 09/4/2021", "says 2020"),
        ("749/QĐ-TTg ngày 31/02/2020", "not in the calendar"),
        ("Nghị định", "is not the number"),
        ("12/5/2020", "is not the number"),
        (" ", "empty"),
    ],
)
def test_contradictions_and_other_texts_are_refused(text: str, words: str) -> None:
    assert words in reason(text)


def test_the_urns_of_a_pack_are_the_ones_that_the_titles_give() -> None:
    differing, right = [], 0
    for law in yaml.safe_load(LAWS.read_text(encoding="utf-8"))["laws"]:
        cited = find_legal_documents(law["title"])
        urns = {found.document.urn for found in cited}
        # A decision without a year in its number gets it from the day of issue.
        day = law.get("issued")
        if day and cited:
            year, month, on = str(day).split("-")
            dated = parse_legal_document(f"{cited[0].document} ngày {on}/{month}/{year}")
            urns |= {dated.urn} if isinstance(dated, LegalDocument) else set()
        right += law["urn"] in urns
        if cited and law["urn"] not in urns:
            differing.append((law["urn"], urns))
    assert differing == []
    assert right > 30


@given(
    st.integers(1, 999),
    st.integers(1990, 2099),
    st.sampled_from(["NĐ-CP", "QĐ-TTg", "TT-BTC", "NQ-HĐND", "QĐ-UBND", "CT-TTg"]),
)
def test_numbers_read_back_as_they_are_written(number: int, year: int, symbol: str) -> None:
    read = document(f"{number:02}/{year}/{symbol}")
    assert document(str(read)) == read
    assert document(str(read).lower()) == read
    assert read.urn is not None
    assert read.urn.endswith(f":{number:02}/{year}/{symbol}")


def test_documents_are_found_in_a_text_with_their_places() -> None:
    text = (
        "Căn cứ Luật Dữ liệu số 60/2024/QH15; Nghị định số 47/2020/NĐ-CP ngày 09/4/2020; "
        "Nghị quyết 57-NQ/TW, QCVN 05:2023/BTNMT; họp ngày 12/5/2020, "
        "tỷ lệ 3/4, công văn 1215/TTg-KSTT."
    )
    found = find_legal_documents(text)
    assert [str(one.document) for one in found] == [
        "60/2024/QH15", "47/2020/NĐ-CP", "57-NQ/TW", "QCVN 05:2023/BTNMT", "1215/TTg-KSTT",
    ]  # fmt: skip
    assert all("/" in text[one.start : one.end] for one in found)
    assert find_legal_documents("Không có văn bản nào.") == ()


def test_a_word_that_is_not_the_kind_of_the_document_does_not_hide_it() -> None:
    (found,) = find_legal_documents("báo cáo theo 60/2024/QH15")
    assert found.document.kind is DocumentKind.ASSEMBLY
    (law,) = find_legal_documents("báo cáo theo Luật Dữ liệu số 60/2024/QH15")
    assert law.document.kind is DocumentKind.LAW


def test_a_number_that_runs_into_the_next_word_is_still_read() -> None:
    found = find_legal_documents("03/2024/TT-BTPNghị định về99/2022/NĐ-CPThông tư")
    assert [str(one.document) for one in found] == ["03/2024/TT-BTP", "99/2022/NĐ-CP"]


def test_the_decisions_of_real_procedures_are_read_but_for_those_written_wrongly() -> None:
    files = sorted(real_file("tthc-details").rglob("*.json"))
    sheets = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    numbers = [sheet["so_quyet_dinh"] for sheet in sheets if sheet["so_quyet_dinh"]]
    refused = {text for text in numbers if isinstance(parse_legal_document(text), Unreadable)}
    assert len(numbers) == 271
    assert refused == {"QĐ2338-BTP", "QĐ/0001-BTP"}
    found = [one.document for sheet in sheets for one in find_legal_documents(sheet["raw_text"])]
    assert len(found) > 4000
    assert sum(one.issuer in ("CP", "BTP", "BTC") for one in found) > 3800


@given(st.text(max_size=40))
def test_every_text_is_refused_with_a_reason_or_read_and_its_written_form_read_the_same(
    text: str,
) -> None:
    read = parse_legal_document(text)
    assert (
        str(read.reason)
        if isinstance(read, Unreadable)
        else parse_legal_document(str(read)) == read
    )
    for found in find_legal_documents(text):
        assert parse_legal_document(str(found.document)) == found.document


def test_clear_abbreviations_are_written_out_and_the_others_stay() -> None:
    table = Abbreviations()
    assert table.expand("UBND TP Thái Nguyên; Sở NN & MT và TTPVHCC") == (
        "Ủy ban nhân dân TP Thái Nguyên; Sở Nông nghiệp và Môi trường và "
        "Trung tâm Phục vụ hành chính công"
    )
    assert table.expand("Sở VHTT&DL, Sở NN&PTNT") == (
        "Sở Văn hóa, Thể thao và Du lịch, Sở Nông nghiệp và Phát triển nông thôn"
    )
    assert table.expand("ubnd và TUBND") == "ubnd và TUBND"


def test_what_an_abbreviation_may_stand_for_is_told() -> None:
    (found,) = Abbreviations().find("TP Thái Nguyên")
    assert (found.written, found.is_clear) == ("TP", False)
    assert found.meanings == ("thành phố", "tư pháp")
    assert Abbreviations().meanings("x") == ()


def test_a_table_of_ones_own_takes_the_place_of_the_common_one() -> None:
    table = Abbreviations({"STC": ["Sở Tài chính"], "ST": ["Sở"]})
    assert table.expand("STC; UBND") == "Sở Tài chính; UBND"
    assert table.abbreviate("sở tài chính") == "STC"
    assert table.abbreviate("Sở Y tế") is None
    assert Abbreviations({}).expand("UBND") == "UBND"


@given(st.text(max_size=60))
def test_writing_out_never_fails_and_leaves_nothing_clear(text: str) -> None:
    table = Abbreviations({"STC": ["Sở Tài chính"]})
    assert table.find(table.expand(text)) == ()
