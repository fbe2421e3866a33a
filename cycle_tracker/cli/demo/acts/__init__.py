"""What happens in the demo: one module for each kind of thing that people do."""
