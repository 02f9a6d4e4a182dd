"""The store's tables: SQL per vendor (schema.py), and the same tables as Django is to know them."""

from django.db import migrations, models

from ansinh.fhir.store import schema


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(schema.create, schema.drop)],
            state_operations=[
                migrations.CreateModel(
                    name="AuditRow",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at_us", models.BigIntegerField()),
                        ("actor", models.TextField()),
                        ("login", models.TextField()),
                        ("role", models.TextField()),
                        ("unit", models.TextField()),
                        ("purpose", models.TextField()),
                        ("verb", models.TextField()),
                        ("type", models.TextField()),
                        ("fhir_id", models.TextField()),
                        ("version", models.IntegerField(null=True)),
                        ("position", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "db_table": "audit",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="DateIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param",
                                "lo",
                                "hi",
                                "rid",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("lo", models.BigIntegerField()),
                        ("hi", models.BigIntegerField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_date",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="JournalEntry",
                    fields=[
                        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("key", models.BigIntegerField()),
                        ("type", models.SmallIntegerField()),
                        ("version", models.IntegerField()),
                        ("method", models.SmallIntegerField()),
                        ("origin", models.TextField()),
                        ("author", models.TextField()),
                        ("at_us", models.BigIntegerField()),
                        ("body", models.BinaryField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={
                        "db_table": "journal",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="JournalHead",
                    fields=[
                        ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField()),
                        ("hash", models.BinaryField()),
                        ("node", models.TextField()),
                        ("epoch", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "journal_head",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="NumberIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param", "value", "rid", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("value", models.FloatField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_number",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="OrgName",
                    fields=[
                        ("num", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("id", models.TextField()),
                    ],
                    options={
                        "db_table": "org",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="QuantityIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param",
                                "tok",
                                "value",
                                "unit",
                                "rid",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("tok", models.BigIntegerField()),
                        ("unit", models.BigIntegerField()),
                        ("value", models.FloatField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_quantity",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ReferenceIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param", "target", "rid", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("target", models.BigIntegerField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_ref",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ResourceRow",
                    fields=[
                        ("rid", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("key", models.BigIntegerField(unique=True)),
                        ("type", models.SmallIntegerField()),
                        ("fhir_id", models.TextField()),
                        ("version", models.IntegerField()),
                        ("position", models.BigIntegerField()),
                        ("updated_us", models.BigIntegerField()),
                        ("deleted", models.SmallIntegerField()),
                        ("patient_key", models.BigIntegerField(null=True)),
                        ("org", models.BigIntegerField(null=True)),
                        ("follows", models.SmallIntegerField()),
                        ("body", models.BinaryField()),
                    ],
                    options={
                        "db_table": "resource",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="StringIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param",
                                "value",
                                "exact",
                                "rid",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("value", models.TextField()),
                        ("exact", models.BigIntegerField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_string",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TokenIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param", "tok", "rid", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("tok", models.BigIntegerField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_token",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TokenName",
                    fields=[
                        ("tok", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("system", models.TextField()),
                        ("code", models.TextField()),
                    ],
                    options={
                        "db_table": "token",
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="UriIndex",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "param", "value", "rid", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("param", models.IntegerField()),
                        ("value", models.TextField()),
                        ("rid", models.BigIntegerField()),
                    ],
                    options={
                        "db_table": "ix_uri",
                        "abstract": False,
                    },
                ),
            ],
        )
    ]
