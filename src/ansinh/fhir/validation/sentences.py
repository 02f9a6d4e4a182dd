"""FHIR's invariants in Vietnamese words. A rule that has none here shows its key and the standard's English."""

from ansinh.fhir.model.definitions import Constraint

_SENTENCES = {
    "ext-1": "Phần mở rộng phải có hoặc giá trị, hoặc phần mở rộng con, không cả hai",
    "per-1": "Ngày bắt đầu phải trước hoặc bằng ngày kết thúc",
    "qty-3": "Đơn vị có mã thì phải có hệ mã",
    "rng-2": "Giá trị dưới phải nhỏ hơn hoặc bằng giá trị trên",
    "rat-1": "Tỷ số phải có cả tử và mẫu, hoặc để trống cả hai",
    "cpt-2": "Liên hệ có giá trị thì phải ghi loại (điện thoại, thư…)",
    "att-1": "Tệp có dữ liệu thì phải ghi kiểu nội dung",
    "pat-1": "Người liên hệ phải có ít nhất tên, điện thoại, địa chỉ hoặc tổ chức",
    "obs-3": "Khoảng tham chiếu phải có cận dưới, cận trên hoặc chữ",
    "obs-6": "Đã có kết quả thì không ghi lý do thiếu kết quả",
    "obs-7": "Mã của thành phần trùng mã của chỉ số thì giá trị phải ghi ở thành phần",
    "con-3": "Chẩn đoán đang trong danh sách vấn đề cần có tình trạng lâm sàng",
    "con-4": "Chẩn đoán đã kết thúc thì tình trạng lâm sàng không thể là đang hoạt động",
    "con-5": "Chẩn đoán nhập nhầm thì không ghi tình trạng lâm sàng",
    "org-1": "Tổ chức phải có tên hoặc số định danh",
    "org-2": "Địa chỉ của tổ chức không thể là địa chỉ nhà riêng",
    "org-3": "Điện thoại của tổ chức không thể là điện thoại nhà riêng",
    "qrs-1": "Câu hỏi lồng trong câu hỏi phải nằm dưới câu trả lời",
    "que-1": "Nhóm câu hỏi phải có câu hỏi bên trong, dòng chữ thì không",
    "que-2": "Mã câu hỏi (linkId) không được trùng trong phiếu",
    "que-3": "Dòng chữ không có mã câu hỏi",
    "que-4": "Một câu hỏi không thể vừa có lựa chọn vừa có tập giá trị",
    "que-5": "Chỉ câu hỏi chọn mới có lựa chọn",
    "que-6": "Dòng chữ không thể là bắt buộc",
    "que-7": "Điều kiện «tồn tại» phải so với đúng hoặc sai",
    "que-8": "Nhóm và dòng chữ không có giá trị ban đầu",
    "que-9": "Dòng chữ không thể chỉ đọc",
    "que-10": "Độ dài tối đa chỉ dùng cho câu trả lời bằng chữ hoặc số",
    "que-11": "Đã có lựa chọn thì giá trị ban đầu phải nằm trong lựa chọn",
    "que-12": "Nhiều điều kiện bật thì phải ghi cách kết hợp",
    "que-13": "Chỉ câu hỏi lặp mới có nhiều giá trị ban đầu",
    "ctm-1": "Người trong nhóm chăm sóc phải có vai trò",
    "cpl-3": "Việc trong kế hoạch chăm sóc: hoặc tham chiếu, hoặc mô tả, không cả hai",
    "inv-1": "Việc được giao phải theo đúng trạng thái",
    "mea-1": "Nhóm có từ hai tiêu chí trở lên thì phải ghi cách hiểu",
    "mrp-1": "Báo cáo chỉ số chưa xong thì chưa có số liệu",
    "mrp-2": "Nhóm tầng của báo cáo phải có giá trị hoặc các thành phần",
    "bdl-1": "Chỉ kết quả tìm kiếm và lịch sử mới có tổng số",
    "bdl-2": "Chỉ kết quả tìm kiếm mới có thông tin tìm kiếm ở từng mục",
    "bdl-3": "Giao dịch và lô phải có yêu cầu (request) ở từng mục",
    "bdl-4": "Kết quả giao dịch và lô phải có trả lời (response) ở từng mục",
    "bdl-5": "Mục phải có tài nguyên, trừ khi có yêu cầu hoặc trả lời",
    "bdl-7": "Địa chỉ của các mục không được trùng nhau",
    "bdl-8": "Địa chỉ của mục không được ghi phiên bản",
}


def sentence(rule: Constraint) -> str:
    """What a broken rule says to a person, without a full stop."""
    known = _SENTENCES.get(rule.key)
    return f"{known} ({rule.key})" if known else f"Không đạt quy tắc {rule.key} của FHIR: {rule.human.rstrip('. ')}"
