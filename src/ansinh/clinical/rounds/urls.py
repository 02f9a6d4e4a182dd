"""Addresses of the rounds of a ward."""

from django.urls import path

from ansinh.clinical.rounds.views import care_log, handover, vitals

urlpatterns = [
    path("khoa-phong/do-chi-so/", vitals.vitals_round, name="vitals_round"),
    path("khoa-phong/so-cham-soc/", care_log.care_log, name="care_log"),
    path("khoa-phong/ban-giao/", handover.handover, name="handover"),
]
