"""Parts in stock, and who pays for a device. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ansinh.kernel.errors import Invalid
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import format_number


@dataclass(frozen=True, slots=True)
class Receipt:
    """Parts that came in together. serial: of a single part; expiry: ISO date or ""; price: đồng for one."""

    name: str
    quantity: Decimal
    unit: str
    lot: str = ""
    serial: str = ""
    expiry: str = ""
    price: Decimal | None = None
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A receipt with what is left of it."""

    id: str
    receipt: Receipt
    used: Decimal
    received: str = ""

    @property
    def left(self) -> Decimal:
        return self.receipt.quantity - self.used


def checked_receipt(receipt: Receipt) -> Receipt:
    """Raises Invalid for parts without a name or number, or several parts with one serial number."""
    if not receipt.name or not receipt.unit:
        raise Invalid("Cần ghi tên vật tư và đơn vị tính.", code="part-name", field="name")
    if receipt.quantity <= 0:
        raise Invalid("Số lượng nhập phải lớn hơn 0.", code="part-quantity", field="quantity")
    if receipt.serial and receipt.quantity != 1:
        raise Invalid("Vật tư có số sê-ri nhập từng chiếc một.", code="part-serial", field="quantity")
    if receipt.price is not None and receipt.price < 0:
        raise Invalid("Đơn giá không được âm.", code="part-price", field="price")
    return receipt


def check_use(lot: Lot, quantity: Decimal, day: date) -> None:
    """Raises Invalid for more than is left, or for parts past their day."""
    if quantity <= 0:
        raise Invalid("Số lượng dùng phải lớn hơn 0.", code="part-quantity", field="quantity")
    if lot.receipt.expiry and lot.receipt.expiry < day.isoformat():
        raise Invalid("Lô vật tư này đã hết hạn dùng.", code="part-expired", field="lot")
    if quantity > lot.left:
        sentence = phrase("Lô này chỉ còn %(left)s %(unit)s.", left=format_number(lot.left), unit=lot.receipt.unit)
        raise Invalid(sentence, code="part-short", field="quantity")


def check_payment(cost: Decimal | None, shares: Mapping[str, Decimal]) -> None:
    """What the payers give makes up the cost. Raises Invalid; nothing is asked where no share is written."""
    if (cost is not None and cost < 0) or any(amount < 0 for amount in shares.values()):
        raise Invalid("Số tiền không được âm.", code="cost-negative", field="cost")
    paid = sum(shares.values(), Decimal(0))
    if shares and paid != (cost or 0):
        sentence = phrase(
            "Các nguồn chi cộng lại là %(paid)s đồng, chi phí là %(cost)s đồng.",
            paid=format_number(paid),
            cost=format_number(cost or Decimal(0)),
        )
        raise Invalid(sentence, code="cost-shares", field="cost")
