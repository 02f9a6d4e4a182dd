"""Addresses of staff."""

from django.urls import path

from ansinh.network.workforce import views

urlpatterns = [
    path("co-so/<str:facility_id>/nhan-luc/", views.workforce, name="workforce"),
    path("co-so/<str:facility_id>/nhan-luc/moi/", views.post_new, name="post_new"),
    path("co-so/<str:facility_id>/nhan-luc/<str:post_id>/ket-thuc/", views.post_end, name="post_end"),
]
