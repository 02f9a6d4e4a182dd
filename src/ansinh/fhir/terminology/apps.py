from django.apps import AppConfig


class TerminologyConfig(AppConfig):
    name = "ansinh.fhir.terminology"
    label = "terminology"
    verbose_name = "Danh mục mã"
