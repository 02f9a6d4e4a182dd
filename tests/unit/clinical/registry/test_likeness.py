"""Is this the same person? Grades and reasons of pairs that occur at a registration desk."""

import pytest

from ansinh.clinical.registry.likeness import Identity, likeness
from ansinh.kernel.closeness import distance_at_most_one

A = Identity("Nguyễn Văn An", "1950-05-12", "male", "14533", "036050000001", "164123456", "BT2370123456789")


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (Identity("Tên khác", citizen_number="036050000001"), "Trùng số căn cước"),
        (Identity("Tên khác", insurance_card="0123456789"), "Trùng số thẻ bảo hiểm y tế"),
        (Identity("Tên khác", old_citizen_number="164123456"), "Trùng số chứng minh nhân dân cũ"),
    ],
)
def test_likeness_with_an_equal_number_is_the_same_person(other, reason):
    found = likeness(A, other)

    assert (found.grade, found.reasons) == ("same", (reason,))


@pytest.mark.parametrize(
    ("other", "grade"),
    [
        (Identity("nguyen van an", "1950-05-12", "male"), "likely"),
        (Identity("Nguyễn Văn An", "1950"), "likely"),
        (Identity("Nguyễn Văn An", "1950-05"), "likely"),
        (Identity("Nguyễn Văn An", "1950-12-05", "male"), "likely"),
        (Identity("Nguyễn Văn Ân", "1950-05-12", "female"), "possible"),
        (Identity("Văn An Nguyễn", "1950-05-12"), "likely"),
        (Identity("Nguyễn Vân An", "1950-05-12"), "likely"),
        (Identity("Nguyễn Thế An", "1950-05-12", "male", "14533"), "likely"),
        (Identity("Nguyễn Thế An", "1950"), "possible"),
        (Identity("Nguyễn Văn An"), "possible"),
        (Identity("Nguyễn Văn An", "1962-01-01", "male"), "different"),
        (Identity("Trần Thị Bình", "1950-05-12", "male", "14533"), "different"),
        (Identity("Nguyễn Văn An", "1950-05-12", "male", citizen_number="036050999999"), "possible"),
    ],
)
def test_likeness_grades_what_desks_meet(other, grade):
    assert likeness(A, other).grade == grade


def test_likeness_says_what_speaks_for_and_against():
    found = likeness(A, Identity("Nguyễn Văn An", "1950-05-12", "female"))

    assert found.reasons == ("Cùng họ tên", "Cùng ngày sinh", "Khác giới tính")


def test_likeness_of_a_mistyped_number_counts_for_the_same_person():
    found = likeness(A, Identity("Nguyễn Văn An", "1950", citizen_number="036050000010"))

    assert "Số căn cước chỉ khác một chữ số" in found.reasons


def test_likeness_worth_showing_is_false_only_for_different_people():
    assert likeness(A, A).worth_showing
    assert not likeness(A, Identity("Trần Thị Bình", "1990")).worth_showing


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [("abc", "abc", True), ("abc", "abd", True), ("abc", "ab", True), ("abc", "xabc", True), ("abc", "acb", True),
     ("abc", "bca", False), ("abc", "axyc", False), ("", "a", True), ("abcd", "badc", False)],
)  # fmt: skip
def test_distance_at_most_one(a, b, near):
    assert distance_at_most_one(a, b) is near
    assert distance_at_most_one(b, a) is near
