"""The machine face: one module a resource."""
