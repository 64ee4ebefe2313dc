"""The names that need a new value: past their interval, or known to somebody who left."""
