"""Staff of a facility: figures of 2020 beside today, taking up and leaving a post."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound, Refused, Stale
from ansinh.network.facilities.resources import organization_id
from ansinh.network.workforce import actions, queries
from ansinh.network.workforce.loading import load_workforce

pytestmark = pytest.mark.django_db

START = date(2025, 1, 2)


def take_up(context, facility: str, **kwargs) -> str:
    given = {"full_name": "Trần Thị  Thử", "post": "nurse", "start": START, "level": "college"}
    return actions.take_up_post(context, facility=facility, **{**given, **kwargs})


def test_figures_of_2020_stand_beside_today(client_of, mai, world):
    take_up(mai, world.a)

    shown = client_of("mai").get(reverse("workforce", args=[world.a])).content.decode()

    assert "44" in shown  # the plan's total
    assert "−43" in shown
    assert "Trần Thị Thử" in shown
    assert "Năm 2020" in shown


def test_facility_without_figures_says_so(client_of):
    centre = organization_id("tt-dieu-duong-ncc-ninh-binh")

    shown = client_of("officer").get(reverse("workforce", args=[centre])).content.decode()

    assert "Không có số liệu đầu kỳ" in shown


def test_names_of_staff_are_not_shown_to_another_facility(client_of, mai, world):
    take_up(mai, world.a)

    shown = client_of("cuc").get(reverse("workforce", args=[world.a])).content.decode()

    assert "Trần Thị Thử" not in shown
    assert "44" in shown


def test_person_with_two_posts_is_one_person(mai, world):
    first = take_up(mai, world.a)
    person = next(post for post in queries.posts(mai, world.a) if post.id == first).practitioner
    take_up(mai, world.a, practitioner=person, post="rehab-technician", full_name="")

    lines = {line.code: line.now for line in queries.staff(mai, world.a).lines}

    assert lines["total"] == 1
    assert lines["nurse-attendant"] == 1


@pytest.mark.parametrize(
    ("kwargs", "code"),
    [
        ({"full_name": " "}, "post-name"),
        ({"post": "wizard"}, "post-unknown"),
        ({"post": "health-staff"}, "post-unknown"),
    ],
)
def test_post_that_cannot_be_is_refused(mai, world, kwargs, code):
    with pytest.raises(Invalid) as caught:
        take_up(mai, world.a, **kwargs)

    assert caught.value.code == code
    assert queries.posts(mai, world.a) == []


def test_same_post_twice_is_refused(mai, world):
    first = take_up(mai, world.a)
    person = next(post for post in queries.posts(mai, world.a) if post.id == first).practitioner

    with pytest.raises(Invalid) as caught:
        take_up(mai, world.a, practitioner=person)

    assert caught.value.code == "post-twice"


def test_post_at_another_facility_is_not_found(mai, world):
    with pytest.raises(NotFound):
        take_up(mai, world.b)


def test_post_without_the_right_is_refused(lan, world):
    with pytest.raises(Refused):
        take_up(lan, world.a)


def test_post_ends_and_is_no_longer_counted(mai, world):
    post = take_up(mai, world.a)

    actions.end_post(mai, facility=world.a, post_id=post, last_day=clock.today() - timedelta(days=1))

    staff = queries.staff(mai, world.a)
    assert staff.posts == ()
    assert [item.id for item in staff.former] == [post]
    assert queries.staff(mai, world.a, START).posts[0].id == post


@pytest.mark.parametrize(
    ("last_day", "code"), [(START - timedelta(days=1), "post-dates"), (date(2999, 1, 1), "post-future")]
)
def test_end_that_cannot_be_is_refused(mai, world, last_day, code):
    post = take_up(mai, world.a)

    with pytest.raises(Invalid) as caught:
        actions.end_post(mai, facility=world.a, post_id=post, last_day=last_day)

    assert caught.value.code == code


def test_end_of_a_post_that_changed_is_refused(mai, world):
    post = take_up(mai, world.a)

    with pytest.raises(Stale):
        actions.end_post(mai, facility=world.a, post_id=post, last_day=START, version=99)


def test_end_of_an_ended_post_is_refused(mai, world):
    post = take_up(mai, world.a)
    actions.end_post(mai, facility=world.a, post_id=post, last_day=START)

    with pytest.raises(Invalid) as caught:
        actions.end_post(mai, facility=world.a, post_id=post, last_day=START)

    assert caught.value.code == "post-ended"


def test_manager_takes_somebody_on_and_lets_them_go_through_the_forms(client_of, mai, world):
    client = client_of("mai")
    new = reverse("post_new", args=[world.a])
    assert client.get(new).status_code == 200
    form = {"full_name": "H'Ly Niê", "post": "doctor", "level": "university", "start": "02/01/2025"}

    assert client.post(new, form).status_code == 302
    post = queries.posts(mai, world.a)[0]
    assert post.name == "H'Ly Niê"
    end = reverse("post_end", args=[world.a, post.id])
    assert client.get(end).status_code == 200
    assert client.post(end, {"day": "31/12/2025", "version": "1"}).status_code == 302
    assert queries.posts(mai, world.a)[0].end == date(2025, 12, 31)


def test_form_without_a_name_is_refused_and_keeps_what_was_typed(client_of, world):
    form = {"full_name": "", "post": "doctor", "start": "02/01/2025", "licence": "000123/GPHN"}

    response = client_of("mai").post(reverse("post_new", args=[world.a]), form)

    assert response.status_code == 422
    assert "000123/GPHN" in response.content.decode()


@pytest.mark.parametrize("who", ["lan", "officer", "leader"])
def test_forms_are_refused_to_others(client_of, world, who):
    assert client_of(who).get(reverse("post_new", args=[world.a])).status_code == 403


def test_loading_figures_again_changes_nothing(system):
    assert load_workforce(system, settings.DEFINITIONS / "workforce") == 5
    assert queries.baseline(organization_id("bv-chinh-hinh-tam-diep")).total == 44


def test_figures_of_a_facility_that_is_not_there_are_refused(system, tmp_path):
    text = (settings.DEFINITIONS / "workforce" / "ninh-binh-2020.yaml").read_text(encoding="utf-8")
    path = tmp_path / "ninh-binh-2020.yaml"
    path.write_text(text.replace("bv-chinh-hinh-tam-diep", "khong-co"), encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        load_workforce(system, tmp_path)

    assert "khong-co" in caught.value.message
