"""Every verb is on record, and the record holds no cell, no name and no person."""

import sqlalchemy as sa

from tests.integration.deliveries.desk import APPROVER, HEADER, OFFICER, OPERATOR, Desk
from tests.integration.deliveries.packing import CASES
from tinhdata.deliveries import State
from tinhdata.intake import ReadingChoice

SECRETS = (
    *("Nguyễn Thị Bí Mật", "HS777", "19/09/2026", "31/02/2031", "987654321", "28/02/2031"),
    *("HS778", "Trần Văn Kín", "Lý do rất riêng", "Căn cứ rất riêng", "danh-sach-kin.csv"),
    *("Ghi chú kín", "HS779", "Khu kín"),
)
FILE = (
    HEADER,
    "HS777,Nguyễn Thị Bí Mật,A,19/09/2026,1",
    "HS778,Trần Văn Kín,A,31/02/2031,2",
    "HS779,Trần Văn Kín,A,19/09/2026,987654321",
    "HS700,Năm,Khu kín,19/09/2026,1",
    "HS701,Sáu,A,19/09/2026,1",
)


def test_every_verb_is_on_record_without_any_value_or_person(office: Desk) -> None:
    office.codes()
    deliveries = office.deliveries
    data = ("\n".join(FILE) + "\n").encode()
    first = deliveries.receive(OFFICER, CASES, [data], "danh-sach-kin.csv", note="Ghi chú kín")
    office.settled(first.delivery.id)
    renewed = deliveries.retry(OFFICER, first.delivery.id)
    office.settled(renewed.id)
    delivery = deliveries.choose(OFFICER, renewed.id, ReadingChoice())
    office.settled(delivery.id)
    deliveries.publish(OFFICER, delivery.id, "Lý do rất riêng")
    deliveries.approve(APPROVER, delivery.id, "Lý do rất riêng")
    parent = office.settled(delivery.id)
    assert parent.state is State.RELEASED
    day, amount, area = office.open_items(parent)
    office.mend(parent, day, "ngay_nop", "28/02/2031")
    child = office.settled(deliveries.correct(OFFICER, parent.id).id)
    office.published(child, reason="Lý do rất riêng")
    waived = deliveries.waive(APPROVER, parent.id, [amount], "Lý do rất riêng", "Căn cứ rất riêng")
    assert office.settled(waived.id).state is State.RELEASED
    deliveries.return_items(OFFICER, parent.id, [area], "Lý do rất riêng")
    bad = office.send_bytes(CASES, b"%PDF-1.7 Khu k\xc3\xadn", name="danh-sach-kin.csv")
    deliveries.retry(OFFICER, bad.id)
    office.settled(bad.id)
    deliveries.return_delivery(APPROVER, bad.id, "Lý do rất riêng")
    release = office.current(CASES)
    deliveries.withdraw(
        OPERATOR, release.id, "Lý do rất riêng", "Căn cứ rất riêng", with_later=True
    )

    kinds = set(office.journal_kinds())
    assert kinds >= {
        *("delivery.received", "delivery.checked", "delivery.resumed", "delivery.publishing"),
        *("delivery.released", "delivery.ended", "quarantine.recorded", "quarantine.mended"),
        *("quarantine.decided", "release.published", "release.withdrawn"),
    }
    written = _journal_bytes(office)
    assert parent.id.encode() in written
    for secret in SECRETS:
        assert secret.encode() not in written, secret
    for person in (OFFICER, APPROVER, OPERATOR):
        assert person.id.encode() not in written, person.name
        assert person.name.encode() not in written, person.name
    with office.platform.db.read() as tx:
        assert office.platform.journal.verify(tx).entries == len(office.journal_kinds())


def test_every_move_of_a_delivery_has_its_event(office: Desk) -> None:
    office.codes()
    delivery = office.published(office.send(CASES, *FILE))
    with office.platform.db.read() as tx:
        entries = office.platform.journal.read(tx, subject=delivery.id)
    said = [(entry.kind, entry.data["state"]) for entry in entries if "state" in entry.data]
    assert said == [
        ("delivery.received", "received"),
        ("delivery.checked", "checked"),
        ("delivery.publishing", "publishing"),
        ("delivery.released", "released"),
    ]
    (released,) = [entry for entry in entries if entry.kind == "delivery.released"]
    assert released.data["release"] == delivery.release
    assert released.data["made"] == 5
    assert released.data["released"] == 2


def _journal_bytes(office: Desk) -> bytes:
    """Give every byte of the journal's tables, whatever its columns are."""
    found: list[bytes] = []
    with office.platform.db.read() as tx:
        names = [name for name in sa.inspect(tx).get_table_names() if "journal" in name]
        assert names
        for name in names:
            for row in tx.execute(sa.text(f'SELECT * FROM "{name}"')):  # a name of our own
                found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
    return b"\n".join(found)
