"""Listing a part of a large code system reads that part alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("terminology", "0002_common_codes")]

    operations = [
        migrations.AddIndex(
            model_name="conceptrow",
            index=models.Index(fields=["system", "position"], name="terminology_position"),
        ),
    ]
