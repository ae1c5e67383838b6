"""Thesis chapter 4: what happens inside a network when its input moves."""
