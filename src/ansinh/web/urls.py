from django.urls import path

from ansinh.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("huong-dan/", views.help_page, name="help"),
]
