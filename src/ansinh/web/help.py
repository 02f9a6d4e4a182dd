"""The help page's content: short steps in the words of the pages themselves."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Part:
    """One task and the steps to do it."""

    title: str
    steps: tuple[str, ...]


def parts() -> list[Part]:
    """All parts, in the order of a working day."""
    return [
        Part(
            _("Đăng ký một người"),
            (
                _("Mở «Đăng ký người mới». Đặt con trỏ ở ô quét rồi quét mã trên thẻ căn cước hoặc thẻ BHYT."),
                _("Không có thẻ thì điền tay. Chỉ biết năm sinh thì ghi năm; không có giấy tờ vẫn đăng ký được."),
                _("Nếu trang báo có người giống, hãy mở hồ sơ đó xem trước khi tạo hồ sơ mới."),
            ),
        ),
        Part(
            _("Tìm hồ sơ"),
            (
                _("Gõ họ tên, có dấu hay không dấu, hoặc vài số cuối của giấy tờ vào ô tìm ở đầu trang."),
                _("Người của cơ sở khác không hiện ra."),
            ),
        ),
        Part(
            _("Ghi một lần khám"),
            (
                _("Mở hồ sơ, chọn «Ghi lần khám»."),
                _("Ghi chỉ số, lý do, chẩn đoán. Ở ô chẩn đoán, gõ vài chữ của tên bệnh rồi chọn bằng phím mũi tên."),
                _("Bấm «Lưu». Nếu có chỗ cần sửa, phần đã gõ vẫn còn nguyên."),
            ),
        ),
        Part(
            _("Sàng lọc"),
            (
                _("Mở hồ sơ, chọn bộ câu hỏi, hỏi lần lượt từng câu."),
                _("Điểm được tính trên máy chủ. Kết quả cần xem lại sẽ thành một việc cho người phụ trách."),
            ),
        ),
        Part(
            _("Sửa điều ghi sai"),
            (
                _("Mở mục cần sửa, chọn «Sửa», ghi lại rồi lưu. Bản cũ không mất: xem ở phần «Phiên bản»."),
                _("Nếu người khác vừa sửa cùng hồ sơ, trang sẽ báo và không ghi đè."),
            ),
        ),
    ]
