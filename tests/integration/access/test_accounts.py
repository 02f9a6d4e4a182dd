"""Who may look after which account, and what each step does: the rules, without pages."""

from datetime import timedelta

import pytest

from ansinh.access import actions, authority, queries, vault
from ansinh.access.contexts import NOBODY, context_of
from ansinh.access.models import AccountEvent, OutsideIdentity, User
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from ansinh.network.workforce import actions as workforce

pytestmark = pytest.mark.django_db
TODAY = clock.today()


@pytest.fixture
def lan_account(account_of) -> User:
    return account_of("lan")


def give(context, user, role, unit, start=TODAY, end=None):
    return actions.give_role(context, user=user, role=role, unit=unit, from_date=start, to_date=end)


# (who, role, where) → may they give it?
TABLE = [
    ("admin", "nurse", "a", True), ("admin", "admin", "", True), ("admin", "officer", "province", True),
    ("mai", "nurse", "a", True), ("mai", "doctor", "a", True), ("mai", "nurse", "b", False),
    ("mai", "manager", "a", False), ("mai", "admin", "", False), ("mai", "nurse", "", False),
    ("mai", "officer", "province", False), ("lan", "nurse", "a", False), ("binh", "nurse", "a", False),
    ("officer", "nurse", "a", False), ("leader", "officer", "province", False), ("admin", "king", "a", False),
]  # fmt: skip


@pytest.mark.parametrize(("who", "role", "where", "may"), TABLE)
def test_role_is_given_by_who_appoints_it_within_reach(account_of, world, who, role, where, may):
    assert authority.may_give(context_of(account_of(who)), role, world.unit(where)) is may


def test_nobody_gives_nothing(world):
    assert not authority.may_give(NOBODY, "nurse", world.a)
    assert authority.roles_to_give(NOBODY) == []


def test_director_opens_an_account_for_the_own_unit_only(mai, world):
    user, code = actions.open_account(
        mai, username="Moi", full_name="Người Mới", role="nurse", unit=world.a, from_date=TODAY
    )

    assert (user.username, user.has_usable_password(), len(code)) == ("moi", False, 19)
    assert context_of(user).unit == world.a
    with pytest.raises(Refused):
        actions.open_account(mai, username="khac", full_name="Người", role="nurse", unit=world.b, from_date=TODAY)
    with pytest.raises(Refused):
        actions.open_account(mai, username="khac", full_name="Người", role="manager", unit=world.a, from_date=TODAY)
    assert not User.objects.filter(username="khac").exists()


def test_open_account_of_a_taken_name_is_refused(admin, lan_account, world):
    with pytest.raises(Conflict):
        actions.open_account(admin, username=" LAN", full_name="Lan", role="nurse", unit=world.a, from_date=TODAY)


def test_role_holds_from_its_first_to_its_last_day(admin, lan_account, world):
    give(admin, lan_account, "doctor", world.b, TODAY + timedelta(days=5), TODAY + timedelta(days=9))

    assert [a.role for a in lan_account.assignments.all()] == ["nurse", "doctor"]
    assert context_of(lan_account).role == "nurse"
    assignment = lan_account.assignments.get(role="nurse")
    actions.end_role(admin, user=lan_account, assignment_id=assignment.pk, last_day=TODAY)
    assert context_of(lan_account).role == "nurse"
    with clock.frozen(clock.now() + timedelta(days=5)):
        assert context_of(lan_account).role == "doctor"
    with clock.frozen(clock.now() + timedelta(days=10)):
        assert context_of(lan_account) == NOBODY


@pytest.mark.parametrize(("start", "end"), [(0, None), (-5, None), (3, 9), (-9, 0)])
def test_same_role_at_the_same_unit_at_the_same_time_is_refused(admin, lan_account, world, start, end):
    with pytest.raises(Conflict):
        give(admin, lan_account, "nurse", world.a, TODAY + timedelta(days=start),
             None if end is None else TODAY + timedelta(days=end))  # fmt: skip


def test_role_that_needs_a_unit_or_ends_before_it_starts_is_refused(admin, lan_account, world):
    with pytest.raises(Invalid) as refusal:
        give(admin, lan_account, "doctor", "")
    assert refusal.value.field == "unit"
    with pytest.raises(Invalid) as refusal:
        give(admin, lan_account, "doctor", world.a, TODAY, TODAY - timedelta(days=1))
    assert refusal.value.field == "to_date"
    with pytest.raises(Invalid):
        give(admin, lan_account, "king", world.a)


def test_end_role_wrong_day_ended_role_or_another_accounts_is_refused(admin, lan_account, account_of):
    held = lan_account.assignments.get()
    with pytest.raises(Invalid):
        actions.end_role(admin, user=lan_account, assignment_id=held.pk, last_day=held.from_date - timedelta(days=1))
    with pytest.raises(NotFound):
        actions.end_role(admin, user=lan_account, assignment_id=account_of("cuc").assignments.get().pk, last_day=TODAY)
    lan_account.assignments.update(from_date=TODAY - timedelta(days=9), to_date=TODAY - timedelta(days=1))
    with pytest.raises(Invalid):
        actions.end_role(admin, user=lan_account, assignment_id=held.pk, last_day=TODAY)


STEPS = [actions.close_account, actions.reopen_account, actions.code_on_paper, actions.unlock, actions.reset_factors,
         actions.end_sessions]  # fmt: skip


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_step_on_an_account_with_a_higher_role_is_refused(mai, lan_account, world, step):
    """A nurse who is also director somewhere else is no longer the director's to reset: it would give his rights."""
    actions.assign(user=lan_account, role="manager", unit=world.b, from_date=TODAY)
    lan_account.set_password("một mật khẩu cũ kỹ 1")
    before = AccountEvent.objects.count()

    with pytest.raises(Refused):
        step(mai, user=lan_account)

    assert AccountEvent.objects.count() == before
    assert User.objects.get(pk=lan_account.pk).is_active


def test_director_does_not_look_after_themself_nor_another_director(mai, account_of):
    for name in ("mai", "son", "admin"):
        assert not authority.may_look_after(mai, account_of(name).assignments.all())
    assert authority.may_look_after(mai, account_of("lan").assignments.all())


def test_director_sees_accounts_of_the_own_unit_also_former_ones(mai, account_of):
    for name in ("lan", "binh", "cuc", "son", "admin", "officer"):
        account_of(name)
    account_of("binh").assignments.update(from_date=TODAY - timedelta(days=9), to_date=TODAY - timedelta(days=1))

    assert [user.username for user in queries.accounts(mai).accounts] == ["binh", "lan", "mai"]
    with pytest.raises(NotFound):
        queries.account(mai, account_of("cuc").pk)


@pytest.mark.parametrize(("text", "found"), [
    ("", ["admin", "lan", "mai"]), ("LAN", ["lan"]), ("nhan vien", ["admin", "lan", "mai"]), ("viên mai", ["mai"]),
    ("khong ai", []), ("%", []), ("_", []), ("' OR 1=1 --", []),
])  # fmt: skip
def test_accounts_are_found_by_words_without_marks(admin, account_of, text, found):
    account_of("lan"), account_of("mai")

    assert [user.username for user in queries.accounts(admin, text=text).accounts] == found


def test_accounts_are_listed_page_by_page(admin):
    for number in range(queries.PAGE + 3):
        User.objects.create_user(f"nguoi{number:03d}", full_name="Người")

    first = queries.accounts(admin)
    rest = queries.accounts(admin, after=first.accounts[-1].username)

    assert (len(first.accounts), first.more, rest.more) == (queries.PAGE, True, False)
    assert len(first.accounts) + len(rest.accounts) == queries.PAGE + 4


def test_closed_account_ends_its_sessions_and_is_kept(admin, client_of, lan_account):
    client = client_of("lan")

    actions.close_account(admin, user=lan_account)

    assert client.get("/").status_code == 302
    assert queries.accounts(admin, text="lan").accounts == ()
    assert [one.username for one in queries.accounts(admin, text="lan", open_only=False).accounts] == ["lan"]
    actions.reopen_account(admin, user=lan_account)
    assert User.objects.get(username="lan").is_active


def test_last_administrator_stays(admin, account_of):
    user = account_of("admin")
    held = user.assignments.get()

    with pytest.raises(Conflict, match="cuối cùng"):
        actions.close_account(admin, user=user)
    with pytest.raises(Conflict, match="cuối cùng"):
        actions.end_role(admin, user=user, assignment_id=held.pk, last_day=TODAY)
    other, _ = actions.open_account(admin, username="qt2", full_name="Hai", role="admin", unit="", from_date=TODAY)
    actions.end_role(admin, user=user, assignment_id=held.pk, last_day=TODAY)
    with pytest.raises(Conflict, match="cuối cùng"):
        actions.close_account(admin, user=other)


def test_edit_keeps_the_citizen_number_as_a_digest_only(admin, lan_account, account_of):
    actions.edit_account(
        admin, user=lan_account, full_name="Trần  Thị Lan", email="lan@example.vn",
        practitioner_id=lan_account.practitioner_id, citizen_number="037160000001",
    )  # fmt: skip
    lan_account.refresh_from_db()

    assert (lan_account.full_name, lan_account.email) == ("Trần Thị Lan", "lan@example.vn")
    assert lan_account.citizen_digest == vault.digest("citizen", "037160000001")
    cuc = account_of("cuc")
    with pytest.raises(Conflict) as refusal:
        actions.edit_account(
            admin, user=cuc, full_name="Cúc", email="", practitioner_id="", citizen_number="037160000001"
        )
    assert refusal.value.field == "citizen_number"


def test_account_is_linked_to_staff_of_its_own_unit_only(mai, lan_account, world):
    here = staff(workforce, world.a)
    there = staff(workforce, world.b)
    edit = {"user": lan_account, "full_name": "Lan", "email": ""}

    with pytest.raises(Refused):
        actions.edit_account(mai, **edit, practitioner_id=there)
    actions.edit_account(mai, **edit, practitioner_id=here)
    assert context_of(User.objects.get(pk=lan_account.pk)).actor == f"Practitioner/{here}"
    taken, _ = actions.open_account(mai, username="hai", full_name="Hai", role="nurse", unit=world.a, from_date=TODAY)
    with pytest.raises(Conflict):
        actions.edit_account(mai, user=taken, full_name="Hai", email="", practitioner_id=here)


def staff(workforce, unit: str) -> str:
    post = workforce.take_up_post(system_context(), facility=unit, full_name="Lê Thị Một", post="nurse", start=TODAY)
    stored = Repository(system_context()).read("PractitionerRole", post)
    return stored["practitioner"]["reference"].removeprefix("Practitioner/")


def test_outside_identity_is_bound_to_one_account(admin, lan_account, account_of):
    link = {"issuer": "https://id.example.vn", "subject": "s1"}
    actions.link_outside(admin, user=lan_account, **link)

    with pytest.raises(Conflict):
        actions.link_outside(admin, user=account_of("cuc"), **link)
    actions.link_outside(admin, user=lan_account, issuer=link["issuer"], subject="")
    assert not OutsideIdentity.objects.exists()


def test_each_step_leaves_an_event_without_personal_data(admin, lan_account, caplog):
    caplog.set_level("INFO", "ansinh.access")
    for step in STEPS:
        lan_account.refresh_from_db()
        step(admin, user=lan_account) if step is not actions.code_on_paper else None
    actions.code_on_paper(admin, user=lan_account)

    kinds = set(AccountEvent.objects.filter(account=lan_account.pk, by=int(admin.login)).values_list("kind", flat=True))
    assert kinds == {"closed", "opened", "unlocked", "factors-reset", "left-everywhere", "code-made"}
    told = caplog.text + " ".join(AccountEvent.objects.values_list("detail", flat=True))
    assert lan_account.full_name not in told
    assert lan_account.username not in told
