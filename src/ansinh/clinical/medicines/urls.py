"""Addresses of medicines."""

from django.urls import path

from ansinh.clinical.medicines.views import persons, rounds, stores

urlpatterns = [
    path("thuoc/tim/", persons.medicines_find, name="medicines_find"),
    path("nguoi/<uuid:id>/thuoc/", persons.person_medicines, name="person_medicines"),
    path("nguoi/<uuid:id>/thuoc/ke/", persons.medicine_order, name="medicine_order"),
    path("nguoi/<uuid:id>/thuoc/<str:order>/ngung/", persons.medicine_stop, name="medicine_stop"),
    path("nguoi/<uuid:id>/thuoc/<str:order>/cap/", persons.medicine_dispense, name="medicine_dispense"),
    path("nguoi/<uuid:id>/di-ung/", persons.allergy_new, name="allergy_new"),
    path("don-thuoc/<str:code>/", persons.prescription, name="prescription"),
    path("khoa-phong/phat-thuoc/", rounds.medicine_round, name="medicine_round"),
    path("khoa-phong/phat-thuoc/hai-nguoi/", rounds.medicine_witness, name="medicine_witness"),
    path("kho-thuoc/", stores.stock, name="stock"),
    path("kho-thuoc/nhap/", stores.stock_receive, name="stock_receive"),
    path("kho-thuoc/lo/<int:lot>/", stores.stock_lot, name="stock_lot"),
    path("kho-thuoc/danh-muc/", stores.medicine_list, name="medicine_list"),
    path("kho-thuoc/kien-thuc/", stores.medicine_knowledge, name="medicine_knowledge"),
]
