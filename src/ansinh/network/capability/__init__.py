"""What each facility can do: catalogues with dates, and the items that a facility declares.

A catalogue (techniques of chapter 17, commune-level work, primary-care conditions, licences, a province's specialist
list) is a ValueSet made from definitions/capability or imported; a declared item is a HealthcareService with its
dates and its evidence. Owns both. The measures of the plans read the views `catalogue_item` and
`healthcare_service`.
"""
