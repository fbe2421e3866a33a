"""Update requests: an official asks how a document stands."""
