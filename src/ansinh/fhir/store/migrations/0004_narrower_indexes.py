"""Narrower indexes for the same questions; what nothing asks for has none."""

from django.db import migrations

from ansinh.fhir.store import schema


class Migration(migrations.Migration):
    dependencies = [("store", "0003_index_state")]

    operations = [migrations.RunPython(schema.narrow_indexes, schema.widen_indexes)]
