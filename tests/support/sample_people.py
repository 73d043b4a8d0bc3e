"""Hand-made contexts for the pages about people: approvals, accounts, keys."""

from datetime import timedelta

from tests.support.sample_values import NAME, NOW
from tinhdata.kernel import Text
from tinhdata.web.contexts import desk
from tinhdata.web.contexts.shell import Badge, Choice, FormState, Pager, Tone


def person() -> desk.PersonPage:
    """Give the page of one account."""
    return desk.PersonPage(
        "Lê Minh Châu",
        "chau.lm",
        "Sở Nông nghiệp và Môi trường",
        Badge(Text("Đang dùng"), Tone.GOOD),
        NOW,
        (
            Choice("officer", Text("Cán bộ dữ liệu")),
            Choice("approver", Text("Người duyệt"), True),
        ),
        True,
        False,
        "/people/2",
    )


def approvals() -> desk.Approvals:
    """Give what waits for a second person."""
    summary = ((Text("dòng thêm mới"), 24), (Text("dòng thay đổi"), 8), (Text("dòng bị bỏ"), 3))
    return desk.Approvals(
        (
            desk.Approval(
                NAME,
                "/deliveries/1/changes",
                Text("lượt giao dữ liệu"),
                "Trần Văn Bình",
                NOW - timedelta(hours=4),
                summary,
                (Text("3 dòng bị bỏ ra và chờ trong khu cách ly."),),
                "/approve",
                "/return",
            ),
            desk.Approval(
                "Lượng mưa theo trạm",
                "/deliveries/2/changes",
                Text("lượt giao dữ liệu"),
                "Nguyễn Thị Hoà",
                NOW - timedelta(days=1),
                summary,
                (),
                "/approve",
                "/return",
                Text("Bạn là người gửi lượt này nên cần một người khác duyệt."),
            ),
        )
    )


def people() -> desk.People:
    """Give the accounts and the keys."""
    active = Badge(Text("Đang dùng"), Tone.GOOD)
    return desk.People(
        (
            desk.PersonLine(
                "1",
                "Nguyễn Thị Hoà",
                "hoa.nt",
                "Sở Nông nghiệp và Môi trường",
                (Text("Cán bộ dữ liệu"),),
                NOW,
                active,
                "/people/1",
            ),
            desk.PersonLine(
                "2",
                "Lê Minh Châu",
                "chau.lm",
                "Sở Nông nghiệp và Môi trường",
                (Text("Người duyệt"),),
                NOW,
                Badge(Text("Đã đóng"), Tone.CALM),
                "/people/2",
            ),
        ),
        (Choice("H55.18", "Sở Nông nghiệp và Môi trường"),),
        (Choice("officer", Text("Cán bộ dữ liệu")), Choice("approver", Text("Người duyệt"))),
        Pager(1, 2, 2),
        "",
        "/people",
        FormState({"name": "Phạm Thu"}, {"login": Text("Tên tài khoản này đã có người dùng.")}),
        (
            desk.KeyLine(
                "k1",
                "Máy đo trạm Sông Công",
                "Sở Nông nghiệp và Môi trường",
                (NAME,),
                NOW + timedelta(days=300),
                active,
                "/people/keys/k1/end",
            ),
        ),
        (Choice("a", NAME),),
        issued="key_01_mau_khoa_chi_hien_mot_lan",
    )
