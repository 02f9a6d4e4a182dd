"""Addresses of problems, vaccinations, growth and pregnancy."""

from django.urls import path

from ansinh.clinical.background import views

urlpatterns = [
    path("nguoi/<uuid:id>/benh/", views.person_background, name="person_background"),
    path("nguoi/<uuid:id>/benh/<str:condition>/", views.problem_step, name="problem_step"),
    path("nguoi/<uuid:id>/tiem-chung/", views.shot_new, name="shot_new"),
    path("nguoi/<uuid:id>/thai-nghen/", views.pregnancy_new, name="pregnancy_new"),
    path("tang-truong/bang/", views.growth_import, name="growth_import"),
]
