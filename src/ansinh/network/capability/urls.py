"""Addresses of what facilities can do."""

from django.urls import path

from ansinh.network.capability import views

urlpatterns = [
    path("co-so/danh-muc/<slug:catalogue>/", views.catalogue_import, name="catalogue_import"),
    path("co-so/<str:facility_id>/nang-luc/", views.capability, name="capability"),
    path("co-so/<str:facility_id>/nang-luc/<slug:catalogue>/", views.capability_declare, name="capability_declare"),
]
