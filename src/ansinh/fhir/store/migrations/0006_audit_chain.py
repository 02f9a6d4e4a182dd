"""The audit in narrow rows, sealed in one chain with the journal."""

from django.db import migrations, models

from ansinh.fhir.store import schema


class Migration(migrations.Migration):
    dependencies = [("store", "0005_node_state")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(schema.add_audit_chain, schema.drop_audit_chain)],
            state_operations=[
                migrations.AddField("JournalHead", "audit", models.BigIntegerField(default=0)),
                migrations.AddField("JournalHead", "audit_hash", models.BinaryField(default=b"")),
                migrations.CreateModel(
                    name="AuditChainRow",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at_us", models.BigIntegerField()),
                        ("who", models.BigIntegerField()),
                        ("patient", models.BigIntegerField(null=True)),
                        ("key", models.BigIntegerField(null=True)),
                        ("position", models.BigIntegerField(null=True)),
                        ("verb", models.SmallIntegerField()),
                        ("what", models.BinaryField()),
                    ],
                    options={"db_table": "audit_row", "abstract": False},
                ),
                migrations.CreateModel(
                    name="AuditWho",
                    fields=[
                        ("who", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("actor", models.TextField()),
                        ("login", models.TextField()),
                        ("role", models.TextField()),
                        ("unit", models.TextField()),
                        ("purpose", models.TextField()),
                        ("source", models.TextField()),
                    ],
                    options={"db_table": "audit_who", "abstract": False},
                ),
                migrations.CreateModel(
                    name="AuditSeal",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at_us", models.BigIntegerField()),
                        ("position", models.BigIntegerField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={"db_table": "audit_seal", "abstract": False},
                ),
            ],
        )
    ]
