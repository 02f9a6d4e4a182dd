"""An index by which the history of one type is read."""

from django.db import migrations

from ansinh.fhir.store import schema


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [migrations.RunPython(schema.add_journal_type, schema.drop_journal_type)]
