"""By which rules the index of each type was made, and an index by which history is read from a time on."""

from django.db import migrations, models

from ansinh.fhir.store import schema


class Migration(migrations.Migration):
    dependencies = [("store", "0002_history_of_a_type")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(schema.add_index_state, schema.drop_index_state)],
            state_operations=[
                migrations.CreateModel(
                    name="IndexState",
                    fields=[
                        ("type", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("mark", models.TextField()),
                        ("rid", models.BigIntegerField(null=True)),
                    ],
                    options={"db_table": "index_state", "abstract": False},
                ),
            ],
        )
    ]
