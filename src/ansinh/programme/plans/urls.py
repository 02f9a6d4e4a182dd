"""Addresses of the programme."""

from django.urls import path

from ansinh.programme.plans import views

urlpatterns = [
    path("chuong-trinh/", views.plans, name="plans"),
    path("chuong-trinh/<slug:plan_id>/", views.plan, name="plan"),
    path("chuong-trinh/<slug:plan_id>/nhiem-vu/", views.plan_tasks, name="plan_tasks"),
    path("chuong-trinh/<slug:plan_id>/nhiem-vu/<slug:task_id>/", views.plan_task, name="plan_task"),
    path("chuong-trinh/<slug:plan_id>/van-ban/", views.plan_document, name="plan_document"),
    path("chuong-trinh/<slug:plan_id>/muc-tieu/<slug:goal_id>/", views.goal, name="goal"),
]
