from datetime import timedelta
from pathlib import Path
import pytest
from tests.integration.deliveries.desk import *
from tests.integration.deliveries.packing import CASES, CODES
from tinhdata.access import ANONYMOUS
from tinhdata.deliveries.deciding import Deciding

@pytest.fixture
def office(tmp_path):
    with desk(tmp_path) as d:
        yield d

def test_e1(office):
    d = office.send(CODES, "Mã khu vực,Tên khu vực", "A,Khu A", "B,Khu B")
    print(d.state, office.platform.registry.active(CODES).contract.access_level)
    for who in (ANONYMOUS, STRANGER):
        try:
            print("CHANGES SEEN", who.name, office.deliveries.changes(who, d.id).total)
        except Exception as e:
            print("refused", who.name, e)

def test_e2(office):
    office.codes()
    p = office.published(office.cases(*GOOD, BAD_DAY, BAD_CODE, TOO_MUCH))
    office.mend(p, 1, "ngay_nop", "28/02/2026")
    c = office.settled(office.deliveries.correct(OFFICER, p.id).id)
    c = office.deliveries.publish(OFFICER, c.id)
    print(c.state)
    print("mended after asking", office.mend(p, 1, "nguoi_nop", "Kẻ khác"), office.mend(p,1,"so_tien","99"))
    office.deliveries.approve(APPROVER, c.id)
    print(office.settled(c.id).state, office.rows(CASES))

def test_e3(office):
    office.codes()
    p = office.published(office.cases(*GOOD, BAD_DAY))
    q = office.published(office.cases(*GOOD, BAD_DAY.replace("31/02", "20/02")))
    print(office.states(p))
    office.deliveries.withdraw(APPROVER, q.release, "x", "y")
    print("after withdrawal", office.states(p), len(office.rows(CASES)))
    m = office.published(office.cases(*GOOD, BAD_DAY))

def test_e3b(office):
    office.codes()
    p = office.published(office.cases(*GOOD, BAD_DAY))
    office.mend(p, 1, "ngay_nop", "28/02/2026")
    c = office.settled(office.deliveries.correct(OFFICER, p.id).id)
    c = office.published(c)
    office.deliveries.withdraw(APPROVER, c.release, "x", "y")
    print("after withdrawal", office.states(p), office.get(p.id).state, len(office.rows(CASES)))
    try:
        print(office.mend(p, 1, "ngay_nop", "27/02/2026"))
    except Exception as e:
        print("cannot", e)

def test_e4(office):
    office.codes()
    a = office.cases(*GOOD)
    b = office.cases(*GOOD[:2])
    office.deliveries.publish(APPROVER, a.id)
    office.deliveries.publish(APPROVER, b.id)
    # b's worker first
    from tinhdata.deliveries.releasing import Releasing
    work = office.platform.work
    handler = work._handlers["delivery.release"]
    class C:
        def guard(self, tx): pass
        def report(self, p): pass
    handler(C(), {"delivery": b.id})
    print(office.get(b.id).state, len(office.rows(CASES)))
    handler(C(), {"delivery": a.id})
    print(office.get(a.id).state, len(office.rows(CASES)), office.numbers(CASES))
