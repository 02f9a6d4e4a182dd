"""An Sinh. The rooms and who may use whom: DEVELOPERS.md."""
