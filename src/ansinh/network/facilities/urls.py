"""Addresses of the register."""

from django.urls import path

from ansinh.network.facilities import views

urlpatterns = [
    path("co-so/", views.facilities, name="facilities"),
    path("co-so/moi/", views.facility_new, name="facility_new"),
    path("co-so/<str:facility_id>/", views.facility, name="facility"),
    path("co-so/<str:facility_id>/ban-giao/", views.facility_handover, name="facility_handover"),
    path("co-so/<str:facility_id>/thay-doi/<slug:change>/", views.facility_change, name="facility_change"),
]
