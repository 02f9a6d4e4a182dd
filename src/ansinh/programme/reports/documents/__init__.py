"""Official documents as files: DOCX in the form of decree 30/2020/NĐ-CP appendix I, and XLSX of the figures.

Same content gives the same bytes: no clock, no machine name, fixed order inside the package.
"""
