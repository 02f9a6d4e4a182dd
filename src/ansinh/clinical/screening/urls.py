"""Addresses of screening and of tasks."""

from django.urls import path

from ansinh.clinical.screening.views import screening, tasks

urlpatterns = [
    path("nguoi/<uuid:person_id>/sang-loc/", screening.choose, name="screening_choose"),
    path("nguoi/<uuid:person_id>/sang-loc/phieu/<uuid:response_id>/", screening.result, name="screening_result"),
    path("nguoi/<uuid:person_id>/sang-loc/<slug:name>/", screening.new, name="screening_new"),
    path("viec/", tasks.index, name="tasks"),
    path("viec/<uuid:task_id>/", tasks.task, name="task"),
]
