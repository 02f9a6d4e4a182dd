"""Bulk Data $export and $import as jobs. Reserved: placed at the top of the stair now, built with the engine issue."""
