"""Views in the making: a long one is built while the node serves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("views", "0002_no_index_within_another")]

    operations = [
        migrations.CreateModel(
            name="ViewBuild",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("resource", models.TextField()),
                ("hash", models.TextField()),
                ("definition", models.TextField()),
                ("position", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "view_build"},
        ),
    ]
