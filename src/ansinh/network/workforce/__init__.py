"""Who works where: staff and their posts now, and the staff figures that a document gave for a year.

Owns Practitioner and PractitionerRole; a document's figures are MeasureReports of the measure `staff-baseline`
(one a facility), read by the view `staff_count`.
"""
