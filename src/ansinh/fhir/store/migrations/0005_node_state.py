"""What was loaded into this database, kept inside it."""

from django.db import migrations, models

from ansinh.fhir.store import schema


class Migration(migrations.Migration):
    dependencies = [("store", "0004_narrower_indexes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(schema.add_node_state, schema.drop_node_state)],
            state_operations=[
                migrations.CreateModel(
                    name="NodeState",
                    fields=[
                        ("name", models.TextField(primary_key=True, serialize=False)),
                        ("value", models.TextField()),
                    ],
                    options={"db_table": "node_state", "abstract": False},
                ),
            ],
        )
    ]
