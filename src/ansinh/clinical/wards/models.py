"""What a member of the staff chose on a page, so that it is so again the next time, on any device."""

from django.db import models


class KeptChoice(models.Model):
    """The filters of one page as one account left them. Open: page, values (codes and ids of wards, never people)."""

    login = models.CharField(max_length=64)
    page = models.SlugField(max_length=40)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["login", "page"], name="kept_choice_once"),)

    def __str__(self) -> str:
        return self.page
