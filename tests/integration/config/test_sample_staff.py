"""Staff of the sample are shown by name where posts are listed: the live view takes the name from the post itself."""

import pytest

from ansinh.kernel.context import system_context
from ansinh.network.workforce import queries
from sample_data import accounts

pytestmark = pytest.mark.django_db


def test_sample_staff_stand_in_the_list_of_posts_by_name(world):
    practitioner = accounts.stable_id("synthetic-staff", "thu")

    accounts._practitioner(practitioner, "Lê Thị Thu", world.a, "nurse")

    assert "Lê Thị Thu" in [post.name for post in queries.posts(system_context(), world.a)]
