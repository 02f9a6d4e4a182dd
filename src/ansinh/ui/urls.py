from django.urls import path

from ansinh.ui import gallery

urlpatterns = [
    path("thanh-phan/", gallery.gallery, name="gallery"),
    path("thanh-phan/danh-muc", gallery.sample_codes, name="gallery_codes"),
]
