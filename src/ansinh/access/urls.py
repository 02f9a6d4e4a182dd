from django.urls import path

from ansinh.access import views

urlpatterns = [
    path("dang-nhap/", views.log_in, name="login"),
    path("dang-xuat/", views.log_out, name="logout"),
    path("ngon-ngu/", views.set_language, name="set_language"),
    path("vai-tro/", views.choose_assignment, name="choose_assignment"),
]
