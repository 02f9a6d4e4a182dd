"""Addresses of the reports."""

from django.urls import path

from ansinh.programme.reports import views

urlpatterns = [
    path("bao-cao/", views.reports, name="reports"),
    path("bao-cao/lap/", views.report_new, name="report_new"),
    path("bao-cao/<str:report_id>/", views.report, name="report"),
    path("bao-cao/<str:report_id>/soan/", views.report_write, name="report_write"),
    path("bao-cao/<str:report_id>/buoc/", views.report_step, name="report_step"),
    path("bao-cao/<str:report_id>/thay-doi/", views.report_changes, name="report_changes"),
    path("bao-cao/<str:report_id>/tai/<slug:kind>/", views.report_download, name="report_download"),
]
