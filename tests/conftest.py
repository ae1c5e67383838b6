"""What all tests share: property tests draw the same examples on every run, without deadlines."""

from hypothesis import settings

settings.register_profile("lcip", derandomize=True, deadline=None)
settings.load_profile("lcip")
