"""The fast order of names is the order of names."""

from hypothesis import given
from hypothesis import strategies as st

from ansinh.kernel.text import name_order, name_sort_text, nfc

WORDS = st.text("aáàăâbcdđeêghiklmnoôơpqrstuưvxyỹ'ABĐƠŶ-", min_size=1, max_size=6)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join).map(nfc)


@given(NAMES, NAMES)
def test_name_sort_text_orders_any_two_names_as_name_order_does(a, b):
    assert (name_sort_text(a) < name_sort_text(b)) == (name_order(a) < name_order(b))
