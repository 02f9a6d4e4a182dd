import pytest


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    """Jobs keep their files in a folder of the test."""
    settings.STATE = tmp_path
