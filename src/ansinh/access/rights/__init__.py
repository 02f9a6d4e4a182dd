"""A person's rights over their data (Luật 91/2025/QH15): who looked, a copy, correction, restriction, erasure, consent.

    the person or who stands for them asks ─► PersonRequest, due in two working days ─► answered: granted or not, why
                                                                        └─► restriction: a label that all records follow

Who may call: the page of a person's rights (`rights.open`).
"""
