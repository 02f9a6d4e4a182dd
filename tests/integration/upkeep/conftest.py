"""A node with a backup key, a folder for its backups, and a few people in the record."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.conf import settings as node_settings

from ansinh.upkeep.backup import keys
from ansinh.upkeep.backup.places import Folder


@dataclass
class Kit:
    """state: of the node; place: folder of the backups; sheet: text of the recovery sheet."""

    state: Path
    place: Folder
    sheet: str

    @property
    def recovery(self) -> keys.RecoveryKey:
        return keys.recovery(self.sheet)


@pytest.fixture
def kit(tmp_path, settings) -> Kit:
    """Settings of a node that backs up into a folder, and the sheet that opens it."""
    state, folder = tmp_path / "state", tmp_path / "backups"
    state.mkdir()
    folder.mkdir()
    settings.STATE = state
    settings.BACKUPS = replace(node_settings.BACKUPS, to=str(folder))
    return Kit(state, Folder(folder), keys.make(state))
