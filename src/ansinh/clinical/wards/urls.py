"""Addresses of wards, rooms and beds."""

from django.urls import path

from ansinh.clinical.wards.views import board, moving, rooms

urlpatterns = [
    path("khoa-phong/", board.wards, name="wards"),
    path("khoa-phong/giuong/<uuid:place>/", moving.bed_fill, name="bed_fill"),
    path("khoa-phong/co-so-vat-chat/", rooms.rooms_edit, name="rooms_edit"),
    path("khoa-phong/co-so-vat-chat/<uuid:place>/", rooms.place_open, name="place_open"),
    path("nguoi/<uuid:id>/giuong/", moving.bed_assign, name="bed_assign"),
    path("nguoi/<uuid:id>/di-vang/", moving.leave, name="leave"),
    path("nguoi/<uuid:id>/qua-doi/", moving.death, name="death"),
]
