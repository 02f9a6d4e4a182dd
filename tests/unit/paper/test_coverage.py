"""Which characters our faces show: all of Vietnamese, and what they lack is written as its number."""

import pytest

from ansinh.paper.coverage import covered, showable

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
SIGNS = "₫–—“”‘’≥≤±°²³µ×·…•→½Ω%‰"


@pytest.mark.parametrize("letters", [VIETNAMESE, VIETNAMESE.upper(), SIGNS, "\u0300\u0301\u0303\u0309\u0323"])
def test_covered_holds_what_vietnamese_documents_use(letters):
    assert [letter for letter in letters if ord(letter) not in covered()] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("Nguyễn Thị Ước", "Nguyễn Thị Ước"),
        ("a\nb\tc", "a\nb\tc"),
        ("☑ đã ký", "‹U+2611› đã ký"),
        ("李", "‹U+674E›"),
        ("😀", "‹U+1F600›"),
        ("ng\u00adhĩa\u200b", "nghĩa"),
    ],
)
def test_showable_keeps_what_can_be_shown_and_numbers_the_rest(text, shown):
    assert showable(text) == shown


def test_showable_text_is_shown_as_it_is():
    assert showable(showable("李 và ☑")) == showable("李 và ☑")
