"""A part of an entry in words: of a form each question with its answer."""

import pytest

from ansinh.clinical.signing import wording
from ansinh.clinical.signing.rules import AMENDMENT

pytestmark = pytest.mark.django_db

BETTER = {"valueCoding": {"system": "x", "code": "1", "display": "Đỡ"}}
ANSWERS = {
    "resourceType": "QuestionnaireResponse",
    "status": "amended",
    "item": [
        {
            "linkId": "a",
            "text": "A. Hỏi bệnh",
            "item": [
                {"linkId": "a.1", "text": "Lý do", "answer": [{"valueString": "Đau đầu: nhiều"}]},
                {"linkId": "a.2", "text": "Từ ngày", "answer": [{"valueDate": "2026-01-05"}]},
                {"linkId": "a.3", "answer": [{"valueBoolean": True}]},
                {"linkId": "a.4", "text": "Chưa trả lời"},
                {
                    "linkId": "a.5",
                    "text": "Kết quả",
                    "answer": [BETTER],
                },
            ],
        }
    ],
}


def test_rows_of_a_form_are_its_questions_with_answers():
    assert wording.rows(ANSWERS) == [
        ("Lý do", "Đau đầu: nhiều"),
        ("Từ ngày", "05/01/2026"),
        ("a.3", "Có"),
        ("Kết quả", "Đỡ"),
    ]


def test_rows_of_another_part_leave_its_amendments_out():
    note = {
        "resourceType": "ClinicalImpression",
        "status": "completed",
        "summary": "Ổn định",
        "extension": [{"url": AMENDMENT, "extension": [{"url": "reason", "valueString": "Sai"}]}],
    }

    assert wording.rows(note) == [("Nhận xét", "Ổn định")]
