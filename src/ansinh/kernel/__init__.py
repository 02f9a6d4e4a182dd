"""What every room stands on: ids, clock, errors, Vietnamese text, Context. Pure Python, no Django."""
