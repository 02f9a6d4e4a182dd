"""Addresses of medical records."""

from django.urls import path

from ansinh.clinical.records.views import checking, filling, giving, reading

urlpatterns = [
    path("nguoi/<uuid:id>/benh-an/", reading.records, name="records"),
    path("nguoi/<uuid:id>/benh-an/lap/<slug:form>/", filling.record_form, name="record_form"),
    path("nguoi/<uuid:id>/benh-an/giay/<uuid:document>/sua/", filling.record_rewrite, name="record_rewrite"),
    path("nguoi/<uuid:id>/benh-an/giay/<uuid:document>/", reading.record_document, name="record_document"),
    path("nguoi/<uuid:id>/benh-an/giay/<uuid:document>/in/", giving.record_paper, name="record_paper"),
    path("nguoi/<uuid:id>/benh-an/toan-bo/<slug:kind>/", giving.record_whole, name="record_whole"),
    path("kiem-chu-ky/", checking.signature_check, name="signature_check"),
]
