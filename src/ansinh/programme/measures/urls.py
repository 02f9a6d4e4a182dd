"""Addresses of the indicators."""

from django.urls import path

from ansinh.programme.measures import views

urlpatterns = [
    path("chi-tieu/", views.measures, name="measures"),
    path("chi-tieu/<slug:measure_id>/", views.measure, name="measure"),
    path("chi-tieu/<slug:measure_id>/csv/", views.measure_csv, name="measure_csv"),
    path("chi-tieu/<slug:measure_id>/co-so/<str:facility_id>/", views.measure_facility, name="measure_facility"),
    path("chi-tieu/<slug:measure_id>/co-so/<str:facility_id>/nguoi/", views.measure_people, name="measure_people"),
]
