"""Figures to and from statistical systems (DHIS2 and whatever speaks ADX).

    mapping file ─► which figures, under which names (`mapping`)
    queries.results ─► Value per figure, unit, stratum; small counts left out (`sending`)
                        ─► DHIS2 dataValueSets (`dxf2`) or ADX (`adx`)
    the same two formats ─► Value ─► every name known, every part there? (`receiving`)
                        ─► MeasureReport that says where it came from ─► view `received_figure` ─► the indicator's page

Formats: DHIS2 developer guide, data values (dataValueSets, ADX); IHE QRPH Aggregate Data Exchange, 2015. What is
received stands beside the node's own figure and never replaces it.
"""
