"""The life of a prosthesis, brace, wheelchair: prescribed, made in the workshop, fitted, given, followed, replaced.

    prescription ─► DeviceRequest ─► work order (Task + Device) ─► steps of the route (Task.output)
                                          │ parts: SupplyDelivery drawn from a lot in stock
    given ─► DeviceUseStatement + SupplyDelivery + Procedure (training) ─► day of replacement ─► work list, yearly list

Each act with the person present is an Encounter, so the timeline shows it. Kinds, routes, checks and terms are files
(docs/devices.md, ADR 0027). A device that was not fitted cannot be given, at any door (`refusals`).
"""
