"""Addresses of the rounds of a ward."""

from django.urls import path

from ansinh.clinical.rounds.views import vitals

urlpatterns = [
    path("khoa-phong/do-chi-so/", vitals.vitals_round, name="vitals_round"),
]
