from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CodeList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin", models.CharField(max_length=100, unique=True)),
                ("url", models.CharField(max_length=200)),
                ("title", models.TextField()),
                ("source", models.TextField()),
                ("status", models.CharField(max_length=30)),
                ("checksum", models.CharField(max_length=64)),
                ("token", models.CharField(max_length=36)),
            ],
            options={
                "db_table": "terminology_codelist",
            },
        ),
        migrations.CreateModel(
            name="ValueSetRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=200, unique=True)),
                ("title", models.TextField()),
                ("include", models.JSONField()),
                ("origin", models.CharField(max_length=100)),
            ],
            options={
                "db_table": "terminology_valueset",
            },
        ),
        migrations.CreateModel(
            name="ConceptRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=200)),
                ("code", models.CharField(max_length=100)),
                ("code_key", models.CharField(max_length=100)),
                ("display", models.TextField()),
                ("english", models.TextField(blank=True, default="")),
                ("folded", models.TextField()),
                ("parent", models.CharField(blank=True, default="", max_length=100)),
                ("properties", models.JSONField(default=dict)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("position", models.IntegerField()),
                ("origin", models.CharField(max_length=100)),
            ],
            options={
                "db_table": "terminology_concept",
                "indexes": [models.Index(fields=["system", "code_key"], name="terminology_code_key")],
                "constraints": [
                    models.UniqueConstraint(fields=("system", "code", "valid_from"), name="terminology_concept_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="terminology_concept_period",
                    ),
                ],
            },
        ),
    ]
