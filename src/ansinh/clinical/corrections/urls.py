"""Address at which an entry outside a contact is taken back."""

from django.urls import path

from ansinh.clinical.corrections import views

urlpatterns = [
    path("nguoi/<uuid:id>/ghi-nham-muc/<str:kind>/<str:entry>/", views.item_retract, name="item_retract"),
]
