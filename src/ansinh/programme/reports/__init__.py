"""The yearly report of a plan: drafted from measures and tasks, completed by officers, submitted, approved, frozen.

Owns Composition (the report: sections, workflow, snapshot of every table) and reads MeasureReport (its figures).
Nothing is editable after approval except by a new version with a reason. The finished document follows decree
30/2020/NĐ-CP, appendix I (`documents`); its wording is data in `definitions/templates/`.
Called by pages under `/bao-cao/` and by `./ansinh report`.
"""
