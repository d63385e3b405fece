"""Settings of the property tests: the same examples at every run, on machines of any speed."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "numdiff",
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("numdiff")
