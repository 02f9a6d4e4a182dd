"""Addresses of medical records."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
