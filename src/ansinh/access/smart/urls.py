"""Addresses of apps: leave, tokens, registration, launches."""

from django.urls import path

from ansinh.access.smart import pages, views

urlpatterns = [
    path("oauth/uy-quyen/", views.authorize, name="smart_authorize"),
    path("oauth/ma-truy-cap/", views.token, name="smart_token"),
    path("oauth/thu-hoi/", views.revoke, name="smart_revoke"),
    path("oauth/kiem-tra/", views.introspect, name="smart_introspect"),
    path("oauth/dang-ky/", views.register, name="smart_register"),
    path("ung-dung/", pages.apps, name="smart_apps"),
    path("ung-dung/nguoi/<str:person_id>/", pages.of_person, name="person_apps"),
    path("ung-dung/nguoi/<str:person_id>/mo/", pages.launch, name="smart_launch"),
]
