"""Names by people and sex. Frequencies are rough; no combination is meant to be anyone."""

import random

FAMILY = """
    Nguyễn Trần Lê Phạm Hoàng Vũ Đinh Bùi Đỗ Phan Đặng Ngô Dương Lý Tạ Lương Trịnh Mai Tống Lã Hà Đoàn Quách
    Cao Phùng Tô Lưu Chu
""".split()
FAMILY_WEIGHTS = [30, 12, 10, 8, 6, 6, 6, 5, 4, 4, 3, 3, 2, 2, 1, 2, 2, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1]
MIDDLE = {
    "male": "Văn Hữu Đức Quang Minh Xuân Ngọc Công Đình Thanh".split(),
    "female": "Thị Thị Thị Ngọc Thu Minh Thanh Kim Bích Phương".split(),
}
GIVEN = {
    "male": """
        An Bình Chiến Cường Dũng Đạt Giang Hải Hiếu Hùng Khánh Kiên Lâm Long Lực Mạnh Nam Nghĩa Phong Phúc Quân Quý
        Sơn Tài Tâm Thành Thắng Thịnh Toàn Trung Tuấn Việt Vinh Xuân
    """.split(),
    "female": """
        An Bé Bích Chi Cúc Dung Hà Hạnh Hiền Hoa Hòa Hồng Huệ Hương Lan Liên Loan Ly Mai Mận Nga Ngân Nhung Oanh
        Phượng Quyên Sen Tâm Thảo Thoa Thúy Trang Tuyết Vân Yến
    """.split(),
}
EDE = {
    "male": ["Y Bhin", "Y Blô Niê", "Y Thuyn Êban", "Y Djuang Mlô", "Y Wang Kbuôr"],
    "female": ["H'Ly", "H'Bia Niê", "H'Nhơn Êban", "H'Rôbi Mlô", "H'Wen Kbuôr"],
}
MNONG = {
    "male": ["Điểu K'Ré", "Điểu Bang", "K'Brông", "Điểu N'Lung"],
    "female": ["Thị Brel", "H'Mai", "Thị Ngơn", "H'Jang"],
}


def draw(rng: random.Random, sex: str, ethnicity: str) -> str:
    """A full name as it would be written on papers."""
    if ethnicity == "Ê Đê":
        return rng.choice(EDE[sex])
    if ethnicity == "Mnông":
        return rng.choice(MNONG[sex])
    family = rng.choices(FAMILY, FAMILY_WEIGHTS)[0]
    middle = [rng.choice(MIDDLE[sex])] if rng.random() < 0.93 else []
    if rng.random() < 0.25:
        middle.append(rng.choice(GIVEN[sex]))
    return " ".join([family, *middle, rng.choice(GIVEN[sex])])
