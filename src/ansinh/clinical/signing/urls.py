"""Addresses of signatures."""

from django.urls import path

from ansinh.clinical.signing import views

urlpatterns = [
    path("nguoi/<uuid:id>/ky/<str:kind>/<str:part>/", views.entry_signatures, name="entry_signatures"),
    path("nguoi/<uuid:id>/ky/<str:kind>/<str:part>/lam/", views.entry_sign, name="entry_sign"),
    path("nguoi/<uuid:id>/dinh-chinh/<str:kind>/<str:part>/", views.part_amend, name="part_amend"),
]
