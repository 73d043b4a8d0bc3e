"""Hand-made contexts for the pages of the closed loop."""

from collections.abc import Mapping
from datetime import date, timedelta

from tests.support.sample_dataset import NOW, head
from tinhdata.kernel import Text
from tinhdata.web.contexts import feedback
from tinhdata.web.contexts.shell import Badge, Choice, Context, FormState, Pager, Tone

_OPEN = Badge(Text("đang xử lý"), Tone.BUSY)
_DONE = Badge(Text("đã trả lời"), Tone.GOOD)
_LATE = Badge(Text("quá hạn 3 ngày làm việc"), Tone.LATE)
_DATASET = Choice("", "Số đo chất lượng không khí theo trạm", href="/datasets/tram-quan-trac")
_AGENCY = "Sở Nông nghiệp và Môi trường"


def feedback_pages() -> Mapping[str, Context]:
    """Give the pages that anyone sees."""
    return {
        "discussion": feedback.Discussion(
            head("Trao đổi"), (_report(), _question()), Pager(1, 2, 2), 3, "/feeds/dataset/a.atom"
        ),
        "requests": feedback.Requests(
            (_request(), _answered()),
            Pager(1, 2, 2),
            (
                Choice("", "Tất cả", True, href="?"),
                Choice("open", "đang xử lý", href="?state=open"),
            ),
            (Choice("", "Nhiều người cần nhất", True, href="?"),),
            4,
            1,
        ),
        "reuses": feedback.Gallery((_reuse(), _reuse()), Pager(1, 2, 2)),
        "write": feedback.Writing(
            heading=Text("Báo lỗi trong dữ liệu"),
            intro=Text("Nội dung được gửi tới cơ quan chủ quản dữ liệu."),
            crumbs=(Choice("", "Bộ dữ liệu", href="/datasets"), _DATASET),
            action="/datasets/tram-quan-trac/report",
            title_label=Text("Sai ở đâu, nói ngắn gọn"),
            title_hint=Text("Ít nhất 5 chữ cái."),
            text_label=Text("Đang ghi là gì, đúng ra phải là gì"),
            text_hint=Text("Nêu căn cứ."),
            verb=Text("Gửi báo lỗi"),
            form=FormState({"text": "Sai"}, {"text": Text("Viết từ 10 đến 5.000 chữ cái.")}),
            place=feedback.PlaceFields(
                (Choice("pm25", "PM2.5"),),
                (Choice("k.ma", "Mã trạm"), Choice("k.luc", "Thời điểm đo")),
                7,
                ("PM2.5", "1.999,9"),
                (("Mã trạm", "TN-014"), ("PM2.5", "1.999,9")),
            ),
            with_work=True,
            agencies=(Choice("H55.18", _AGENCY),),
            has_mail=True,
            promise=Text("Hẹn trả lời trong 7 ngày làm việc."),
        ),
        "follow": feedback.FollowForm(
            "tram-quan-trac",
            "Số đo chất lượng không khí theo trạm",
            (_DATASET,),
            (Choice("", "PM2.5 từ 30", href="?"),),
            (("f.pm25.from", "30"),),
            FormState({"mail": "a b"}, {"mail": Text("“a b” không phải là địa chỉ thư.")}),
            "mail",
            True,
            "/feeds/dataset/tram-quan-trac.atom",
            "/datasets/tram-quan-trac",
        ),
        "follow_told": feedback.FollowTold(
            Text("Webhook sẽ được báo từ bây giờ"),
            (Text("Hãy giữ khoá và địa chỉ để dừng."),),
            "Số đo chất lượng không khí theo trạm",
            "/datasets/tram-quan-trac",
            action="/follows/flw_1/stop?token=a",
            verb=Text("Dừng gửi"),
            secret="whsec_" + "k" * 43,
            stop="https://dulieu.example.vn/follows/flw_1/stop?token=" + "t" * 32,
        ),
    }


def feedback_desk_pages() -> Mapping[str, Context]:
    """Give the pages of officers."""
    return {
        "inbox": feedback.Inbox(
            (_question(), _request()),
            Pager(1, 2, 2),
            (Choice("standing", "Chờ trả lời", True, href="?"),),
            (Choice("", "Tất cả", True, href="?"), Choice("report", "Báo lỗi", href="?")),
            feedback.Speed(12, 11, 26.5),
        ),
        "answering": feedback.ItemPage(
            _question(),
            (_DATASET,),
            _steps()[:1],
            is_public=False,
            answering=feedback.Answering(
                take_up="/feedback/fbk_2/take-up",
                answer="/feedback/fbk_2/answer",
                assign="/feedback/fbk_2/assign",
                agencies=(Choice("H55.18", _AGENCY, True),),
                answer_verb=Text("Trả lời công khai"),
                answer_hint=Text("Viết để người khác đọc cũng hiểu."),
                needs_basis=True,
                form=FormState({"do": "decline"}, {"reason": Text("Nêu lý do.")}),
            ),
        ),
    }


def _steps() -> tuple[feedback.Step, ...]:
    return (
        feedback.Step(Text("Đã nhận"), NOW - timedelta(days=3)),
        feedback.Step(Text("Cơ quan đã tiếp nhận"), NOW - timedelta(days=2)),
        feedback.Step(Text("Trả lời đúng hạn"), NOW),
    )


def _report() -> feedback.ItemShown:
    return feedback.ItemShown(
        "fbk_1",
        "/feedback/fbk_1",
        Text("Báo lỗi"),
        "Trạm TN-014 ghi 1.999,9 suốt một ngày",
        "Cảm biến có lẽ bị treo.\nHai trạm bên cạnh chỉ ghi 30 đến 40.",
        _DONE,
        NOW - timedelta(days=3),
        agency=_AGENCY,
        agency_href="/agencies/H55.18",
        author="Nguyễn Văn An",
        about=(_DATASET,),
        place=Text("cột “PM2.5”, dòng TN-014 của bản phát hành số 7"),
        place_href="/datasets/tram-quan-trac?release=7",
        answer="Đã kiểm tra: cảm biến hỏng từ 8 giờ. Các dòng đó được bỏ ở bản số 8.",
        answered=NOW,
        answer_kind=Text("Cơ quan trả lời"),
    )


def _question() -> feedback.ItemShown:
    return feedback.ItemShown(
        "fbk_2",
        "/feedback/fbk_2",
        Text("Câu hỏi"),
        "Số đo lúc nửa đêm có được hiệu chỉnh không?",
        "Chúng tôi thấy trị số ban đêm thấp hơn hẳn.",
        _OPEN,
        NOW - timedelta(days=9),
        _LATE,
        date(2026, 11, 18),
        _AGENCY,
        "/agencies/H55.18",
        about=(_DATASET,),
    )


def _request() -> feedback.ItemShown:
    return feedback.ItemShown(
        "fbk_3",
        "/feedback/fbk_3",
        Text("Yêu cầu dữ liệu"),
        "Giờ mở cửa của các trạm y tế",
        "Cần tên trạm, địa chỉ, giờ mở cửa; dùng cho ứng dụng tìm trạm gần nhất.",
        _OPEN,
        NOW - timedelta(days=1),
        Badge(Text("còn 9 ngày làm việc"), Tone.CALM, "hourglass"),
        date(2026, 12, 7),
        votes=1_204,
        vote_action="/feedback/fbk_3/vote",
    )


def _answered() -> feedback.ItemShown:
    return feedback.ItemShown(
        "fbk_4",
        "/feedback/fbk_4",
        Text("Yêu cầu dữ liệu"),
        "Giá đất theo từng thôn",
        "Bảng giá đất có mã thôn, từ năm 2020.",
        _DONE,
        NOW - timedelta(days=20),
        answer="Bộ dữ liệu sẽ được công bố trong quý I năm 2027.",
        answered=NOW,
        answer_kind=Text("Cơ quan trả lời"),
    )


def _reuse() -> feedback.ItemShown:
    return feedback.ItemShown(
        "fbk_5",
        "/feedback/fbk_5",
        Text("Sản phẩm từ dữ liệu"),
        "Bản đồ không khí hôm nay",
        "Bản đồ tương tác, cập nhật theo từng bản phát hành.",
        _DONE,
        NOW,
        author="Trường Đại học Khoa học",
        about=(_DATASET,),
        url="https://bando.example.vn/khong-khi",
        host="bando.example.vn",
    )
