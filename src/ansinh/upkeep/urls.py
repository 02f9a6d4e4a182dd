"""Addresses of upkeep."""

from django.urls import path

from ansinh.upkeep import views

urlpatterns = [path("sao-luu/", views.backups, name="backups")]
