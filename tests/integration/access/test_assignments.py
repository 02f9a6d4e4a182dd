"""Which of several assignments somebody acts under, through pages and for work that runs later."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ansinh.access import tokens
from ansinh.access.actions import assign, create_account, issue_token
from ansinh.access.contexts import NOBODY, assignment_of, context_again, context_of
from ansinh.access.models import AccessToken, Assignment
from ansinh.access.standing import CHOSEN_ASSIGNMENT
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, LoginRequired, NotFound

pytestmark = pytest.mark.django_db
PASSWORD = "đường dài đi mãi 27"
DAY = timedelta(days=1)


@pytest.fixture
def two_hats():
    """A nurse of A who is a doctor of B as well, since today."""
    user = create_account(username="hai-vai", password=PASSWORD, full_name="Lê Hai", role="nurse", unit="A")
    assign(user=user, role="doctor", unit="B", from_date=clock.today())
    return user


def hat(user, role: str) -> Assignment:
    return user.assignments.get(role=role)


def test_first_assignment_in_force_holds_until_another_is_chosen(client, two_hats):
    client.force_login(two_hats)

    answer = client.post(reverse("choose_assignment"), {"assignment": hat(two_hats, "doctor").pk})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session[CHOSEN_ASSIGNMENT] == hat(two_hats, "doctor").pk
    assert context_of(two_hats).role == "nurse"
    assert context_of(two_hats, client.session[CHOSEN_ASSIGNMENT]).role == "doctor"


@pytest.mark.parametrize("chosen", ["", "x", "-1", "1.5", "999999999999999999999", "1 OR 1=1", "²", "٣"])
def test_choice_that_is_no_own_assignment_changes_nothing(client, two_hats, chosen):
    client.force_login(two_hats)

    answer = client.post(reverse("choose_assignment"), {"assignment": chosen})

    assert answer.status_code == 302
    assert context_of(two_hats, client.session.get(CHOSEN_ASSIGNMENT)).role == "nurse"


def test_assignment_of_somebody_else_is_never_acted_under(client, two_hats):
    other = create_account(username="khac", password=PASSWORD, full_name="Khác", role="manager", unit="C")
    client.force_login(two_hats)
    client.post(reverse("choose_assignment"), {"assignment": hat(other, "manager").pk})

    context = context_of(two_hats, client.session.get(CHOSEN_ASSIGNMENT))

    assert (context.role, context.unit) == ("nurse", "A")


def test_choosing_is_for_post_only_and_for_nobody_does_nothing(client, two_hats):
    assert client.get(reverse("choose_assignment")).status_code == 405
    assert client.post(reverse("choose_assignment"), {"assignment": hat(two_hats, "doctor").pk}).status_code == 302
    assert CHOSEN_ASSIGNMENT not in client.session


def test_chosen_assignment_that_ended_falls_back_to_one_in_force(two_hats):
    doctor = hat(two_hats, "doctor")
    Assignment.objects.filter(pk=doctor.pk).update(from_date=clock.today() - 3 * DAY, to_date=clock.today() - DAY)

    assert context_of(two_hats, doctor.pk).role == "nurse"


def test_assignment_holds_on_its_first_and_last_day():
    user = create_account(username="mot-ngay", password=PASSWORD, full_name="Một", role="nurse", unit="A")
    user.assignments.update(from_date=clock.today(), to_date=clock.today())
    with clock.frozen(clock.now() + DAY):
        after = assignment_of(user)
    with clock.frozen(clock.now() - DAY):
        before = assignment_of(user)

    assert (before, assignment_of(user) is not None, after) == (None, True, None)


def test_day_changes_at_midnight_in_vietnam_not_in_utc():
    user = create_account(username="nua-dem", password=PASSWORD, full_name="Đêm", role="nurse", unit="A")
    day = clock.today()
    user.assignments.update(from_date=day, to_date=day)
    midnight = clock.now().astimezone(clock.VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    with clock.frozen(midnight):
        starts = assignment_of(user)
    with clock.frozen(midnight + DAY):
        ends = assignment_of(user)

    assert (starts is not None, ends) == (True, None)


def test_inactive_account_is_nobody_whatever_it_was_assigned(two_hats):
    two_hats.is_active = False

    assert context_of(two_hats) is NOBODY
    assert context_of(two_hats, hat(two_hats, "doctor").pk) is NOBODY


def test_nobody_may_nothing():
    assert not any(NOBODY.allows(verb, kind) for verb in ("read", "search", "create") for kind in ("Patient", "*"))
    assert not NOBODY.reaches("A")
    assert not NOBODY.reaches("")
    assert not NOBODY.has("person.open")


@pytest.mark.parametrize(
    ("role", "unit", "found"),
    [("nurse", "A", "nurse"), ("doctor", "B", "doctor"), ("doctor", "A", ""), ("nurse", "B", ""), ("admin", "", "")],
)
def test_context_again_finds_only_what_the_account_still_holds(two_hats, role, unit, found):
    context = context_again(str(two_hats.pk), role, unit)

    assert (context.role if context else "") == found


@pytest.mark.parametrize("login", ["", "0", "999999", "x", "-1", "1.0", "²"])
def test_context_again_of_no_account_is_none(two_hats, login):
    assert context_again(login, "nurse", "A") is None


def test_context_again_of_an_ended_assignment_or_inactive_account_is_none(two_hats):
    two_hats.assignments.filter(role="doctor").update(from_date=clock.today() - 9 * DAY, to_date=clock.today() - DAY)
    assert context_again(str(two_hats.pk), "doctor", "B") is None

    two_hats.is_active = False
    two_hats.save(update_fields=["is_active"])
    assert context_again(str(two_hats.pk), "nurse", "A") is None


def test_account_is_found_whatever_the_case_and_composition_of_its_name(two_hats):
    token = issue_token(username="HAI-VAI", label="máy", valid_for=timedelta(hours=1))

    assert tokens.context_from_bearer(token).login == str(two_hats.pk)


def test_token_acts_under_the_assignment_that_it_was_made_for(two_hats):
    token = tokens.issue(hat(two_hats, "doctor"), label="máy")

    assert tokens.context_from_bearer(token).unit == "B"
    hat(two_hats, "doctor").delete()
    with pytest.raises(LoginRequired):
        tokens.context_from_bearer(token)


def test_token_is_kept_as_a_digest_only(two_hats):
    token = tokens.issue(hat(two_hats, "nurse"), label="máy")

    assert len(token) == 43
    assert AccessToken.objects.filter(digest__contains=token).count() == 0
    assert AccessToken.objects.get().digest != token


@pytest.mark.parametrize("token", ["", " ", "x", "Ố" * 20, "\x00", "a" * 10_000])
def test_token_that_nobody_was_given_is_refused(two_hats, token):
    with pytest.raises(LoginRequired):
        tokens.context_from_bearer(token)


def test_token_holds_to_the_last_moment_of_its_validity(two_hats):
    token = tokens.issue(hat(two_hats, "nurse"), label="máy", valid_for=timedelta(minutes=5))
    with clock.frozen(clock.now() + timedelta(minutes=4, seconds=50)):
        assert tokens.context_from_bearer(token).role == "nurse"
    with clock.frozen(clock.now() + timedelta(minutes=5)), pytest.raises(LoginRequired):
        tokens.context_from_bearer(token)


def test_token_for_an_account_without_a_role_in_force_is_refused(two_hats):
    two_hats.assignments.update(from_date=clock.today() + DAY)

    with pytest.raises(NotFound):
        issue_token(username="hai-vai", label="máy", valid_for=timedelta(hours=1))


def test_unknown_role_is_refused_and_assigns_nothing(two_hats):
    with pytest.raises(Invalid) as refusal:
        assign(user=two_hats, role="thần", unit="A", from_date=clock.today())

    assert refusal.value.field == "role"
    assert two_hats.assignments.count() == 2
