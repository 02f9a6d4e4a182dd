"""Addresses of rehabilitation."""

from django.urls import path

from ansinh.clinical.rehab.views import assessing, planning, sessions, timetable

urlpatterns = [
    path("nguoi/<uuid:id>/tap/", sessions.rehab_new, name="rehab_new"),
    path("nguoi/<uuid:id>/ky-thuat/", sessions.techniques, name="techniques"),
    path("nguoi/<uuid:id>/phuc-hoi/", planning.person_rehab, name="person_rehab"),
    path("nguoi/<uuid:id>/phuc-hoi/luong-gia/", assessing.rehab_assessments, name="rehab_assessments"),
    path("nguoi/<uuid:id>/phuc-hoi/luong-gia/<slug:name>/", assessing.rehab_assess, name="rehab_assess"),
    path("nguoi/<uuid:id>/phuc-hoi/muc-tieu/", planning.rehab_goal, name="rehab_goal"),
    path("nguoi/<uuid:id>/phuc-hoi/muc-tieu/<uuid:goal>/ghi-nham/", planning.rehab_goal_off, name="rehab_goal_off"),
    path("nguoi/<uuid:id>/phuc-hoi/ke-hoach/", planning.rehab_activity, name="rehab_activity"),
    path(
        "nguoi/<uuid:id>/phuc-hoi/ke-hoach/<uuid:activity>/dung/",
        planning.rehab_activity_stop,
        name="rehab_activity_stop",
    ),
    path("nguoi/<uuid:id>/phuc-hoi/hoi-chan/", planning.rehab_conference, name="rehab_conference"),
    path("nguoi/<uuid:id>/phuc-hoi/tong-ket/", planning.rehab_discharge, name="rehab_discharge"),
    path("nguoi/<uuid:id>/phuc-hoi/tai-nha/", planning.rehab_home_sheet, name="rehab_home_sheet"),
    path("nguoi/<uuid:id>/phuc-hoi/xep-lich/", timetable.rehab_book, name="rehab_book"),
    path("nguoi/<uuid:id>/phuc-hoi/lich/<uuid:slot>/huy/", timetable.rehab_cancel, name="rehab_cancel"),
    path("phuc-hoi/lich/", timetable.rehab_week, name="rehab_week"),
]
