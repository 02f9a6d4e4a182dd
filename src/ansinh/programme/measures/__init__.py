"""Indicators: one folder of `definitions/measures/` each, counted from the live views, opened down to the records.

Owns Measure (the definition, journaled, so that an old figure is recomputed by the definition of its day) and
MeasureReport (a frozen figure with its period and journal position). A measure is ONE query that lists its
subjects; the figure, the bars by facility, the tables by sex or group and the list of people all come from that
query, so they cannot disagree. Called by plans (goals), reports (yearly report) and pages under `/chi-tieu/`.
"""
