"""Root URLs: each app brings its own; the FHIR door is not Django's (config.wsgi)."""

from django.urls import URLPattern, URLResolver, include, path

APPS = (
    "ansinh.web",
    "ansinh.access",
    "ansinh.access.smart",
    "ansinh.ui",
    "ansinh.clinical.registry",
    "ansinh.clinical.encounters",
    "ansinh.clinical.wards",
    "ansinh.clinical.rounds",
    "ansinh.clinical.rehab",
    "ansinh.clinical.screening",
    "ansinh.clinical.corrections",
    "ansinh.clinical.laboratory",
    "ansinh.clinical.medicines",
    "ansinh.clinical.background",
    "ansinh.clinical.devices",
    "ansinh.clinical.signing",
    "ansinh.clinical.records",
    "ansinh.network.facilities",
    "ansinh.network.capability",
    "ansinh.network.workforce",
    "ansinh.programme.plans",
    "ansinh.programme.measures",
    "ansinh.programme.reports",
    "ansinh.upkeep",
)

urlpatterns: list[URLPattern | URLResolver] = [path("", include(f"{app}.urls")) for app in APPS]

handler400 = "ansinh.web.errors.bad_request"
handler403 = "ansinh.web.errors.forbidden"
handler404 = "ansinh.web.errors.not_found"
handler500 = "ansinh.web.errors.server_error"
