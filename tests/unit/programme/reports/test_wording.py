from decimal import Decimal

import pytest

from ansinh.kernel.errors import Invalid
from ansinh.programme.reports import template, wording


def test_amount_says_share_with_counts_or_why_not(make):
    assert wording.amount(make.figure()) == "70,4% (431/612 người)"
    assert wording.amount(make.figure("visits", "count", 5120, 0, noun="lượt")) == "5.120 lượt"
    assert wording.amount(make.figure(denominator=0, numerator=0)) == "Chưa nhập danh mục kỹ thuật."


def test_target_words_name_the_comparison(make):
    assert wording.target_words(make.goal(), "2025") == "≥ 80%"
    assert wording.target_words(make.goal(targets={"2025": None}, comparator="none"), "2025") == "không đặt con số"


def test_goals_sentence_counts_met_missed_and_unknown(snapshot):
    sentence = wording.goals_sentence(snapshot)

    assert "trong 2 mục tiêu" in sentence
    assert "0 mục tiêu đạt, 1 mục tiêu chưa đạt và 1 mục tiêu chưa có số liệu" in sentence
    assert "09/12/2025" in sentence


def test_goals_missed_and_unknown_are_told_apart(snapshot):
    assert "70,4% (431/612 người), mục tiêu ≥ 80%" in wording.goals_missed(snapshot)
    assert "danh mục chuyên khoa tuyến tỉnh (chưa nhập danh mục kỹ thuật)" in wording.goals_unknown(snapshot)


def test_goals_missed_when_all_are_met_says_nothing(make):
    assert wording.goals_missed(make.snapshot(goals=(make.goal(met=True),))) == ""


def test_gaps_name_late_tasks_with_their_day(snapshot):
    assert wording.gaps(snapshot) == "Còn 1 nhiệm vụ quá hạn: báo cáo năm (hạn 15/12/2025)."


def test_due_of_takes_the_next_due_year_of_the_goal(make):
    assert wording.due_of(make.goal(), 2025) == "2025"
    assert wording.due_of(make.goal(), 2027) == "2030"
    assert wording.due_of(make.goal(), 2031) == "2030"
    assert wording.due_of(make.goal(targets={}), 2025) == ""


def test_first_words_leave_out_sentences_with_nothing_to_say(make, yearly):
    section = yearly.section("kho-khan")
    content = make.snapshot(goals=(make.goal(met=True),), tasks=(make.task(state="completed"),))

    assert wording.first_words(section, content) == ""


def test_first_words_count_the_tasks(snapshot, yearly):
    words = wording.first_words(yearly.section("chi-dao"), snapshot)

    assert "Kế hoạch có 3 nhiệm vụ" in words
    assert "đã hoàn thành 1, đang thực hiện 1, chưa bắt đầu 0, quá hạn 1" in words
    assert "{" not in words


def test_every_placeholder_a_template_may_use_is_filled(snapshot):
    assert set(wording.placeholders(snapshot)) == set(template.PLACEHOLDERS)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("subject: Kết quả {nam}", "subject"),
        ("opening:", "opening"),
        ("opening: 'Năm {year'", "opening"),
        ("opening: 'Năm year}'", "opening"),
        ("opening: 'Năm {}'", "opening"),
        ("opening: 'Năm {0}'", "opening"),
        ("opening: 'Năm {year:>5}'", "opening"),
        ("opening: 'Năm {year!r}'", "opening"),
        ("opening: 'Năm {year.__class__}'", "opening"),
        ("signature: GIÁM ĐỐC", "signature"),
        ("sections: [{id: a}]", "sections[0].title"),
        ("sections: {id: a, title: A}", "sections"),
        ("sections: [{id: a, title: A, wrods: [x]}]", "sections[0].wrods"),
        ("sections: [{id: a, title: A, words: ['{khong_co}']}]", "sections[0].words"),
        (
            "sections: [{id: a, title: A, subsections: [{id: b, title: B, parts: [bang]}]}]",
            "sections[0].subsections[0].parts",
        ),
    ],
)
def test_template_with_a_mistake_is_refused_with_its_place(tmp_path, change, place):
    name = change.partition(":")[0]
    lines = {
        "id": "id: x",
        "version": "version: '1'",
        "kind": "kind: BÁO CÁO",
        "symbol": "symbol: BC",
        "subject": "subject: Kết quả",
        "opening": "opening: Mở",
        "closing": "closing: Kết",
        "signature": "signature: [GIÁM ĐỐC]",
        "sections": "sections: [{id: a, title: A}]",
        name: change,
    }
    path = tmp_path / "mau.yaml"
    path.write_text("\n".join(lines.values()), encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        template.read(path)

    assert [problem.expression for problem in caught.value.problems] == [place]
    assert "mau.yaml" in caught.value.message


def test_amount_of_a_facility_without_people_is_a_dash():
    assert wording.percent(None, 0, 0) == "–"
    assert wording.percent(Decimal("66.7"), 2, 3) == "66,7% (2/3)"
