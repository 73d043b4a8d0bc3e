"""From bytes to a release by program and people, and back again by withdrawal."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.data.expectations import PACK
from tests.integration.api.asking import PROCEDURES, SIZES, Site
from tinhdata.access import Role

SAMPLE = PACK / "samples" / f"{PROCEDURES}.csv"


def changed(old: str, new: str) -> bytes:
    """Give the sample with one text replaced, which must be there."""
    text = SAMPLE.read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1).encode()


def test_a_file_becomes_a_release_by_a_program_an_officer_and_an_approver(site: Site) -> None:
    data = changed("Thủ tục đăng ký khai sinh có yếu tố", "Đăng ký khai sinh có yếu tố")
    # One row gets a code that no procedure can have.
    data = data.replace(b"\n1.000094,", b"\nkhong-co-ma,", 1)
    with site.program(PROCEDURES) as program:
        sent = program.post(
            f"/datasets/{PROCEDURES}/deliveries?filename=thang%2011.csv", content=data
        )
        assert sent.status_code == 201, sent.text
        again = program.post(f"/datasets/{PROCEDURES}/deliveries?filename=x.csv", content=data)
        assert (again.status_code, again.json()["id"]) == (200, sent.json()["id"])
        path = sent.headers["location"].removeprefix("/api/v1")
        site.work()
        state = program.get(path).json()
        assert (state["state"], state["filename"], state["source"]) == (
            "checked", "thang 11.csv", "api",
        )  # fmt: skip
        units = state["units"]
        assert units["units"] == sum(
            units[name] for name in ("structural", "record_units", "rejected", "dropped")
        )
        assert (state["rows"]["made"], state["rows"]["quarantined"]) == (55, 1)
        failed = [rule["rule"] for rule in state["report"]["rules"] if rule["failed"]]
        assert len(failed) == 1
        # A key delivers and looks; it neither reads what waits nor decides.
        assert program.get(f"{path}/items").status_code == 403
        assert program.post(f"{path}/publication", json={}).status_code == 403

    with site.officer(PROCEDURES) as officer:
        waiting = officer.get(f"{path}/items?state=open").json()
        item = waiting["items"][0]
        assert (waiting["total"], item["cells"]["ma_thu_tuc"]) == (1, "khong-co-ma")
        assert item["reasons"][0]["rule"] == failed[0]
        mend = {"mends": [{"item": item["item"], "column": "ma_thu_tuc", "value": "1.000094"}]}
        assert officer.patch(f"{path}/items", json=mend).json() == {"changed": 1}
        assert officer.get(f"{path}/items/mended").json()["passing"] == [item["item"]]
        updated = officer.get(f"{path}/changes?kind=updated").json()
        assert (updated["total"], updated["rows"][0]["key"]) == (1, {"ma_thu_tuc": "1.000110"})
        asked = officer.post(f"{path}/publication", json={}).json()
        assert asked["state"] == "awaiting"
        assert officer.post(f"{path}/approval", json={}).status_code == 403

    with site.officer(PROCEDURES, Role.APPROVER) as approver:
        assert approver.post(f"{path}/approval", json={"note": "Đã xem."}).status_code == 200
        site.work()
        done = approver.get(path).json()
        assert (done["state"], done["change"]["rows"]) == ("released", 55)
        steps = approver.get(f"{path}/history").json()
        assert steps[0]["state"] == "received"
        assert {step["by"] for step in steps} == {"key", "system", "person"}

    with site.anyone() as anyone:
        rows = anyone.get(f"/datasets/{PROCEDURES}/rows?limit=100").json()
        assert (rows["total"], rows["meta"]["release"]) == (55, 2)
        diff = anyone.get(f"/datasets/{PROCEDURES}/diff?from=1&to=2").json()
        assert (diff["total"], diff["counts"]["updated"]) == (1, 1)
        cells = {cell["column"]: (cell["old"], cell["new"]) for cell in diff["rows"][0]["cells"]}
        assert cells["ten"][1].startswith("Đăng ký khai sinh")
        tag = anyone.get(f"/datasets/{PROCEDURES}/rows.csv?release=2").headers["etag"]

    with site.officer(PROCEDURES, Role.APPROVER) as approver:
        why = {"reason": "Công bố nhầm.", "legal_basis": "Luật Dữ liệu, Điều 10"}
        gone = approver.post(f"/datasets/{PROCEDURES}/releases/2/withdrawal", json=why)
        assert gone.status_code == 201, gone.text
        assert [each["number"] for each in gone.json()] == [2]

    with site.anyone() as anyone:
        for path in ("rows", "rows.csv"):
            answer = anyone.get(
                f"/datasets/{PROCEDURES}/{path}?release=2", headers={"If-None-Match": tag}
            )
            assert (answer.status_code, answer.json()["code"]) == (410, "release-withdrawn")
        assert anyone.get(f"/datasets/{PROCEDURES}/diff?from=1&to=2").status_code == 410
        assert anyone.get(f"/datasets/{PROCEDURES}/rows").json()["meta"]["release"] == 1
        tombstone = anyone.get(f"/datasets/{PROCEDURES}/releases/2").json()
        assert tombstone["withdrawal"]["reason"] == "Công bố nhầm."


def test_waiting_rows_go_out_as_a_workbook_and_come_back_corrected(
    site: Site, tmp_path: Path
) -> None:
    data = (PACK / "samples" / f"{SIZES}.csv").read_bytes()
    text = data.decode("utf-8-sig").replace(",34.46,", ",-34.46,", 1)
    with site.officer(SIZES) as officer:
        sent = officer.post(
            f"/datasets/{SIZES}/deliveries",
            files={"file": ("Quy mô tháng 11.csv", text.encode())},
            data={"note": "Bản tháng 11"},
        )
        assert sent.status_code == 201, sent.text
        assert (sent.json()["filename"], sent.json()["note"]) == (
            "Quy mô tháng 11.csv", "Bản tháng 11",
        )  # fmt: skip
        path = f"/deliveries/{sent.json()['id']}"
        site.work()
        book = load_workbook(io.BytesIO(officer.get(f"{path}/items.xlsx").content))
        cells = [c for row in book.worksheets[0].iter_rows() for c in row if c.value == "-34.46"]
        assert len(cells) == 1
        cells[0].value = "34.46"
        book.save(tmp_path / "sua.xlsx")
        with (tmp_path / "sua.xlsx").open("rb") as file:
            answer = officer.post(f"{path}/items/workbook", files={"file": ("sua.xlsx", file)})
        assert answer.json() == {"changed": 1}
        assert len(officer.get(f"{path}/items/mended").json()["passing"]) == 1
        waiting = officer.get(f"{path}/items?state=open").json()["total"]
        back = {"items": [], "reason": "Đề nghị đơn vị xem lại."}
        assert officer.post(f"{path}/returns", json=back).json() == {"returned": waiting - 1}
        # The row that was mended and passes stays: it would be published.
        assert officer.get(f"{path}/items?state=open").json()["total"] == 1
        gone = officer.post(f"{path}/return", json={"reason": "Gửi lại cả tệp."}).json()
        assert gone["state"] == "returned"


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 422, "upload-missing"), (b"\x00" * 100, 201, None)],
)
def test_what_is_no_table_is_refused_in_words(
    site: Site, content: bytes, status: int, code: str | None
) -> None:
    with site.program(SIZES) as program:
        answer = program.post(f"/datasets/{SIZES}/deliveries?filename=a.csv", content=content)
        assert (answer.status_code, answer.json().get("code")) == (status, code)
        if status == 201:
            site.work()
            state = program.get(f"/deliveries/{answer.json()['id']}").json()
            assert state["state"] == "refused"
            assert state["understanding"]["refusal"]


def test_a_key_delivers_only_what_it_is_for(site: Site) -> None:
    with site.program(SIZES) as program:
        answer = program.post(f"/datasets/{PROCEDURES}/deliveries?filename=a.csv", content=b"a,b")
        assert (answer.status_code, answer.json()["code"]) == (403, "refused")
        program.headers["Authorization"] = "Bearer tdk_aaaaaaaa_nonsense"
        answer = program.get("/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "source-key-invalid")
    with site.operator() as operator:
        wanted = {"name": "Trạm", "agency": "H55", "datasets": [SIZES], "days": 3}
        issued = operator.post("/source-keys", json=wanted).json()
        assert issued["secret"].startswith("tdk_")
        assert "secret" not in operator.get("/source-keys").json()[0]
        with site.anyone() as program:
            program.headers["Authorization"] = f"Bearer {issued['secret']}"
            assert program.get("/me").json()["datasets"] == [SIZES]
            assert operator.delete(f"/source-keys/{issued['id']}").status_code == 204
            assert program.get("/me").status_code == 401
