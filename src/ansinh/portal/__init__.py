"""The beneficiary's phone application. Reserved: the room is placed now so that nothing grows into it from the side."""
