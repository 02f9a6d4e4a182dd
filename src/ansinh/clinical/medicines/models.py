"""The stock of a facility: FHIR R4 has no resource for it. Rows name medicines and lots, never people."""

from django.db import models


class StockLot(models.Model):
    """What is there of one lot of one medicine. Open: all fields; medicine: id of the Medication."""

    unit = models.CharField(max_length=64)
    medicine = models.CharField(max_length=64)
    lot = models.CharField(max_length=60)
    expiry = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["unit", "medicine", "lot"], name="stock_lot_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="stock_never_negative"),
        )

    def __str__(self) -> str:
        return self.lot


class StockMove(models.Model):
    """One step of a lot, never changed. kind: `receipt`, `dispense`, `return`, `waste` or `count`; quantity: signed.

    Private: none; `reference` is the id of the MedicationDispense, which says for whom. by, witness: of the staff.
    """

    entry = models.CharField(max_length=64, unique=True)
    lot = models.ForeignKey(StockLot, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, blank=True)
    witness = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"
