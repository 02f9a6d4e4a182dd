"""Which application answers a request: the FHIR door below /fhir, the pages for everything else."""

import logging

import pytest

from ansinh.config import wsgi
from ansinh.config.logs import WithoutWords


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/fhir", True),
        ("/fhir/", True),
        ("/fhir/Patient/1", True),
        ("/", False),
        ("", False),
        ("/fhirs", False),
        ("/fhir.html", False),
        ("/nguoi/fhir/1", False),
        ("/FHIR", False),
        ("//fhir", False),
    ],
)
def test_request_goes_to_the_door_only_below_its_path(monkeypatch, path, door):
    monkeypatch.setattr(wsgi, "fhir_application", lambda environ, start: ["door"])
    monkeypatch.setattr(wsgi, "django_application", lambda environ, start: ["pages"])

    assert wsgi.application({"PATH_INFO": path}, lambda *args: None) == (["door"] if door else ["pages"])


def test_log_of_a_failed_request_holds_no_words_of_the_exception():
    try:
        raise ValueError("Nguyễn Văn Mẫu, 037048001234")
    except ValueError as error:
        record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, "Lỗi tại %s", ("/nguoi/1",), (
            type(error), error, error.__traceback__,
        ), sinfo="Stack: Nguyễn Văn Mẫu")  # fmt: skip

    assert WithoutWords().filter(record)
    said = logging.Formatter().format(record)

    assert said == "Lỗi tại /nguoi/1"
