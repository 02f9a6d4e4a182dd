"""Addresses of devices, the workshop, its stock, and of who is due."""

from django.urls import path

from ansinh.clinical.devices.views import due, making, person, workshop

urlpatterns = [
    path("nguoi/<uuid:id>/dung-cu/", person.person_devices, name="person_devices"),
    path("nguoi/<uuid:id>/dung-cu/chi-dinh/", person.device_prescribe, name="device_prescribe"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/", person.device, name="device"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/lam/", making.order_new, name="device_order_new"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/cong-doan/", making.step, name="device_step"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/tra-ve/", making.send_back, name="device_send_back"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/vat-tu/", making.part, name="device_part"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/giao/", person.device_give, name="device_give"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/theo-doi/", person.device_follow, name="device_follow"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/hong/", person.device_repair, name="device_repair"),
    path("nguoi/<uuid:id>/dung-cu/<uuid:prescription>/ghi-nham/", person.device_take_back, name="device_take_back"),
    path("xuong/", workshop.workshop, name="workshop"),
    path("xuong/kho/", workshop.stock, name="workshop_stock"),
    path("xuong/phieu/<uuid:order>/", workshop.order, name="device_order"),
    path("dung-cu/den-nien-han/", due.devices_due, name="devices_due"),
    path("dung-cu/den-nien-han/tep/", due.devices_due_csv, name="devices_due_csv"),
]
