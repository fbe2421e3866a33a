"""For `make mutants`: a property that fails is not made shorter, and looks at the same examples each time."""

from hypothesis import Phase, settings

settings.register_profile("quick", phases=[Phase.explicit, Phase.generate], derandomize=True, database=None)
settings.load_profile("quick")
