"""Edits to environments: collected, sealed under keys that `project.belief` judged, and written all or none."""
