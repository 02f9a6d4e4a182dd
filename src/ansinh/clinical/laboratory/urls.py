"""Addresses of orders and results."""

from django.urls import path

from ansinh.clinical.laboratory.views import incoming, persons, reports

urlpatterns = [
    path("nguoi/<uuid:id>/xet-nghiem/", persons.person_results, name="person_results"),
    path("nguoi/<uuid:id>/xet-nghiem/<str:code>/", persons.result_chart, name="result_chart"),
    path("nguoi/<uuid:id>/chi-dinh/", persons.order_new, name="order_new"),
    path("nguoi/<uuid:id>/chi-dinh/<str:order>/huy/", persons.order_stop, name="order_stop"),
    path("nguoi/<uuid:id>/ket-qua-moi/", persons.result_new, name="result_new"),
    path("ket-qua/nhap-tep/", incoming.results_import, name="results_import"),
    path("ket-qua/chua-ro/", incoming.results_waiting, name="results_waiting"),
    path("ket-qua/khoang-tham-chieu/", incoming.ranges_import, name="ranges_import"),
    path("ket-qua/<str:report>/", reports.result, name="result"),
    path("ket-qua/<str:report>/ghep/", incoming.result_match, name="result_match"),
    path("ket-qua/<str:report>/tep/<str:file>/", reports.result_file, name="result_file"),
]
