"""Addresses of visits and checks."""

from django.urls import path

from ansinh.clinical.encounters import views

urlpatterns = [
    path("nguoi/benh/", views.diagnoses, name="diagnoses"),
    path("nguoi/<uuid:id>/kham/", views.visit_new, name="visit_new"),
    path("nguoi/<uuid:id>/kham-dinh-ky/", views.check_new, name="check_new"),
    path("nguoi/<uuid:id>/ghi-nham/<uuid:contact>/", views.entry_retract, name="entry_retract"),
]
