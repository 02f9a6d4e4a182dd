"""An index of a view's table whose columns another index begins with answers nothing that the other does not."""

from typing import Any

from django.db import migrations

from ansinh.fhir.views import shapes
from ansinh.kernel.errors import UserError


def drop_indexes(_apps: Any, schema_editor: Any) -> None:
    for shape in _kept(schema_editor):
        needed = {number for number, _ in shape.needed()}
        for number in set(range(len(shape.indexes))) - needed:
            schema_editor.execute(f'DROP INDEX IF EXISTS "{shape.table}_{number}"')


def make_indexes(_apps: Any, schema_editor: Any) -> None:
    for shape in _kept(schema_editor):
        for number, columns in enumerate(shape.indexes):
            names = ", ".join(f'"{column}"' for column in columns)
            schema_editor.execute(
                f'CREATE INDEX IF NOT EXISTS "{shape.table}_{number}" ON "{shape.table}" ({names}, seq_to, seq_from)'
            )


def _kept(schema_editor: Any) -> list[shapes.Shape]:
    """The views of this database. One that this release cannot read any more is made anew or dropped by its loading."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT definition FROM live_view ORDER BY name")
        definitions = [text for (text,) in cursor.fetchall()]
    found = []
    for text in definitions:
        try:
            found.append(shapes.shape_of_json(text.encode()))
        except UserError:
            continue
    return found


class Migration(migrations.Migration):
    dependencies = [("views", "0001_initial")]

    operations = [migrations.RunPython(drop_indexes, make_indexes)]
