"""Tables of codes. Only this package reads or writes them."""

from django.db import models


class ConceptRow(models.Model):
    """One meaning of one code between two days.

    folded: search key of display, English and aliases, each word with a space before it (` dau lung`), so that a
    word's beginning can be looked for. code_key: the code in lower case without dots and dashes (`f321`).
    common: one of the codes that facilities use most, found before others. origin: the file or list that brought the
    row; a load replaces only rows of its own origin.
    """

    system = models.CharField(max_length=200)
    code = models.CharField(max_length=100)
    code_key = models.CharField(max_length=100)
    display = models.TextField()
    english = models.TextField(blank=True, default="")
    folded = models.TextField()
    parent = models.CharField(max_length=100, blank=True, default="")
    properties = models.JSONField(default=dict)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    position = models.IntegerField()
    common = models.BooleanField(default=False)
    origin = models.CharField(max_length=100)

    class Meta:
        db_table = "terminology_concept"
        constraints = [
            models.UniqueConstraint(fields=["system", "code", "valid_from"], name="terminology_concept_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="terminology_concept_period",
            ),
        ]
        indexes = [
            models.Index(fields=["system", "code_key"], name="terminology_code_key"),
            models.Index(fields=["system", "position"], name="terminology_position"),
        ]

    def __str__(self) -> str:
        return f"{self.system}|{self.code}"


class ValueSetRow(models.Model):
    """A value set of the project: `include` is the list of its file, see `valuesets`."""

    url = models.CharField(max_length=200, unique=True)
    title = models.TextField()
    include = models.JSONField()
    origin = models.CharField(max_length=100)

    class Meta:
        db_table = "terminology_valueset"

    def __str__(self) -> str:
        return self.url


class CodeList(models.Model):
    """One loaded list: where it comes from and in what state. `token` changes with every load."""

    origin = models.CharField(max_length=100, unique=True)
    url = models.CharField(max_length=200)
    title = models.TextField()
    source = models.TextField()
    status = models.CharField(max_length=30)
    checksum = models.CharField(max_length=64)
    token = models.CharField(max_length=36)

    class Meta:
        db_table = "terminology_codelist"

    def __str__(self) -> str:
        return self.origin
