"""Addresses of the register. Words are Vietnamese; names are the contract with other rooms."""

from django.urls import path

from ansinh.clinical.registry.views import finding, reading, registering, staying

urlpatterns = [
    path("nguoi/", finding.people, name="people"),
    path("nguoi/moi/", registering.person_new, name="person_new"),
    path("nguoi/the/", registering.card_scan, name="card_scan"),
    path("nguoi/xa/", finding.communes, name="communes"),
    path("nguoi/<uuid:id>/", reading.person, name="person"),
    path("nguoi/<uuid:id>/dien-bien/", reading.person_timeline, name="person_timeline"),
    path("nguoi/<uuid:id>/giay-to/", reading.person_papers, name="person_papers"),
    path("nguoi/<uuid:id>/phien-ban/", reading.person_versions, name="person_versions"),
    path("nguoi/<uuid:id>/sua/", registering.person_edit, name="person_edit"),
    path("nguoi/<uuid:id>/tiep-nhan/", staying.stay_admit, name="stay_admit"),
    path("nguoi/<uuid:id>/ket-thuc/", staying.stay_discharge, name="stay_discharge"),
    path("nguoi/<uuid:id>/ghi-nham-dot/<str:stay>/", staying.stay_retract, name="stay_retract"),
]
