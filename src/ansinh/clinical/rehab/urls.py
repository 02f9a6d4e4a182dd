"""Addresses of rehabilitation."""

from django.urls import path

from ansinh.clinical.rehab import views

urlpatterns = [
    path("nguoi/<uuid:id>/tap/", views.rehab_new, name="rehab_new"),
    path("nguoi/<uuid:id>/ky-thuat/", views.techniques, name="techniques"),
]
