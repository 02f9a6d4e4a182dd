"""What the demo says it wrote: Vietnamese words, the largest count first."""

from collections import Counter

import pytest

from sample_data.loading import _KINDS, _words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, ""),
        ({"Patient": 3}, "3 hồ sơ người"),
        ({"Patient": 40, "Observation": 1200}, "1.200 chỉ số, 40 hồ sơ người"),
        ({"Task": 2, "khai báo năng lực, tiến độ nhiệm vụ": 0}, "2 việc"),
    ],
)
def test_words_of_counts_are_vietnamese_with_the_largest_first(counts, words):
    assert _words(Counter(counts)) == words


def test_words_have_no_name_twice():
    assert len(set(_KINDS.values())) == len(_KINDS)
