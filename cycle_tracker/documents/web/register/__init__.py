"""The public register: which plans and reports are published, and where."""
