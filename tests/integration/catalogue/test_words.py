"""What people type is found: without diacritics, with slips, short, by old names of places."""

import unicodedata

import pytest

from tests.integration.catalogue.shelves import Shelf, column, contract
from tinhdata.access import ANONYMOUS
from tinhdata.catalogue import Place, ReadingKind, SuggestionKind

LAND = contract("dat-dai", "Hiện trạng sử dụng đất đai", description="Diện tích các loại đất.")
DELEGATES = contract("dat-dai-bieu", "Đạt đại biểu tiêu biểu")
AIR = contract(
    "khong-khi",
    "Chất lượng không khí",
    columns=[column("bui", "Bụi mịn"), column("tram", "Trạm", "Hoà Bình", "Sông Công")],
)
SHOTS = contract(
    "tiem-chung",
    "Tiêm chủng theo xã",
    columns=[column("ma_xa", "Mã xã", semantic_type="commune-code")],
)


@pytest.fixture(autouse=True)
def filled(shelf: Shelf) -> None:
    shelf.name_agency("A99.1", "Sở Nông nghiệp và Môi trường")
    shelf.put(LAND, DELEGATES, AIR, SHOTS)


@pytest.mark.parametrize(
    "words",
    [
        "không khí",
        "khong khi",
        "KHÔNG KHÍ",
        unicodedata.normalize("NFD", "không khí"),
        "khoong khis",
        "khong kh",
        "chat luong",
    ],
)
def test_however_it_is_typed_it_is_found_first(shelf: Shelf, words: str) -> None:
    assert shelf.ids(words)[0] == "khong-khi"


def test_both_places_of_a_tone_are_one_word(shelf: Shelf) -> None:
    assert shelf.ids("hòa bình") == shelf.ids("hoà bình") == ["khong-khi"]


def test_words_with_diacritics_stand_before_words_with_others(shelf: Shelf) -> None:
    assert shelf.ids("đất") == ["dat-dai", "dat-dai-bieu"]
    assert shelf.ids("đạt") == ["dat-dai-bieu", "dat-dai"]
    assert set(shelf.ids("dat")) == {"dat-dai", "dat-dai-bieu"}


def test_a_hit_says_in_which_column_or_value_the_words_stand(shelf: Shelf) -> None:
    (hit,) = shelf.find("bụi mịn").hits
    assert [(match.place, match.label.vi) for match in hit.matches] == [(Place.COLUMN, "Bụi mịn")]
    (hit,) = shelf.find("song cong").hits
    (match,) = hit.matches
    assert (match.place, match.label.vi) == (Place.VALUE, "Trạm")
    assert [piece.text for piece in match.snippet if piece.found] == ["Sông Công"]


def test_only_the_words_that_were_meant_are_marked(shelf: Shelf) -> None:
    (hit, *_) = shelf.find("đất").hits
    marked = [piece.text for match in hit.matches for piece in match.snippet if piece.found]
    assert marked == ["đất"]


@pytest.mark.parametrize(
    ("typed", "meant"), [("tiêm chugn", "tiêm chủng"), ("tieem chungr", "tiêm chủng")]
)
def test_a_slip_is_mended_and_said(shelf: Shelf, typed: str, meant: str) -> None:
    found = shelf.find(typed)
    assert found.hits[0].record.dataset == "tiem-chung"
    assert found.suggestion == meant


def test_a_word_that_no_dataset_has_is_named(shelf: Shelf) -> None:
    found = shelf.find("zzzz không khí")
    assert [hit.record.dataset for hit in found.hits] == ["khong-khi"]
    assert [(r.kind, r.written) for r in found.readings] == [(ReadingKind.UNKNOWN, "zzzz")]
    assert shelf.find("zzzz qqqq").total == 0


@pytest.mark.parametrize("words", ["Sở NN&MT", "so nnmt", "SNNMT", "nn&mt"])
def test_an_agency_is_found_by_its_initials(shelf: Shelf, words: str) -> None:
    found = shelf.find(words)
    assert found.total == 4
    assert {match.place for match in found.hits[0].matches} == {Place.AGENCY}


def test_small_letters_that_make_a_word_are_no_abbreviation(shelf: Shelf) -> None:
    shelf.put(contract("b-1", "Trụ sở Công an xã"), contract("b-2", "Sản lượng cá"))
    assert shelf.ids("CA")[0] == "b-1"
    assert shelf.ids("ca") == ["b-2"]


@pytest.mark.parametrize("words", ["Đá Vàng", "thị trấn đá vàng", "tt da vang", "huyện Đồi Cao"])
def test_a_former_place_leads_to_rows_by_commune(shelf: Shelf, words: str) -> None:
    found = shelf.find(f"tiêm chủng {words}")
    (hit, *_) = found.hits
    assert hit.record.dataset == "tiem-chung"
    (reading,) = found.readings
    assert (reading.kind, reading.meant) == (ReadingKind.FORMER_PLACE, ("Xã Suối Trong",))
    assert [match.place for match in hit.matches] == [Place.NAME, Place.AREA]


def test_diacritics_of_another_name_mean_no_place(shelf: Shelf) -> None:
    assert shelf.find("đã vãng").readings[0].kind is not ReadingKind.FORMER_PLACE


def test_what_begins_so_is_suggested(shelf: Shelf) -> None:
    def said(words: str) -> list[tuple[SuggestionKind, str, str | None]]:
        found = shelf.catalogue.suggest(words, ANONYMOUS)
        return [(each.kind, each.text.vi, each.now) for each in found]

    assert said("khong k")[0] == (SuggestionKind.DATASET, "Chất lượng không khí", None)
    assert (SuggestionKind.TOPIC, "Nông nghiệp", None) in said("nong ng")
    assert (SuggestionKind.AGENCY, "Sở Nông nghiệp và Môi trường", None) in said("môi tr")
    assert said("da v")[-1] == (SuggestionKind.PLACE, "Thị trấn Đá Vàng", "Xã Suối Trong")
    assert said("  ") == []
