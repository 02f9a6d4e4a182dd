"""A folder as a place for backups."""

import stat

import pytest

from ansinh.config.upkeep import Backups, backups
from ansinh.kernel.errors import Invalid, NotFound
from ansinh.upkeep.backup import places


def _breaking(file) -> bytes:
    """Half of it is written, and then it breaks."""
    file.write(b"half")
    raise LookupError


def test_file_is_there_whole_or_not_at_all(tmp_path):
    folder = places.place(str(tmp_path))
    with folder.writing("a.age") as file:
        file.write(b"one")
        assert folder.names() == []
    with pytest.raises(LookupError), folder.writing("b.age") as file:
        file.write(_breaking(file))
    with pytest.raises(LookupError), folder.writing("a.age") as file:
        file.write(_breaking(file))

    assert folder.names() == ["a.age"]
    assert list(tmp_path.iterdir()) == [tmp_path / "a.age"]
    with folder.reading("a.age") as file:
        assert file.read() == b"one"
    assert stat.S_IMODE((tmp_path / "a.age").stat().st_mode) == 0o600


def test_folder_that_is_not_there_is_never_made(tmp_path):
    folder = places.place(str(tmp_path / "usb"))

    for act in (folder.names, lambda: folder.writing("a").__enter__()):
        with pytest.raises(NotFound, match="Ổ đĩa đã cắm chưa"):
            act()
    assert not (tmp_path / "usb").exists()


def test_removing_twice_is_no_error_and_missing_is_told(tmp_path):
    folder = places.place(str(tmp_path))
    (tmp_path / "a").write_bytes(b"x")
    folder.remove("a")
    folder.remove("a")

    with pytest.raises(NotFound, match="Thiếu tệp"), folder.reading("a"):
        pass


@pytest.mark.parametrize("text", ["", "http://x/y", "ftp://x"])
def test_place_that_is_none_is_refused(text):
    with pytest.raises(Invalid):
        places.place(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANSINH_BACKUP_EVERY_HOURS", "-1"),
        ("ANSINH_BACKUP_EVERY_HOURS", "sáu"),
        ("ANSINH_BACKUP_CHAIN_DAYS", "0"),
        ("ANSINH_BACKUP_KEEP", "0"),
        ("ANSINH_BACKUP_KEEP", "1.5"),
    ],
)
def test_setting_that_is_no_number_in_its_bounds_stops_the_start(name, value):
    with pytest.raises(ValueError, match=name):
        backups({name: value})


def test_settings_have_sound_defaults_and_hide_the_secret():
    assert backups({}) == Backups()
    assert "bí mật" not in repr(backups({"ANSINH_BACKUP_S3_SECRET": "bí mật"}))
