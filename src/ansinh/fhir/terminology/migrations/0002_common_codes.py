from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("terminology", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="conceptrow",
            name="common",
            field=models.BooleanField(default=False),
        ),
    ]
