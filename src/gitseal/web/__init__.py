"""Asks web servers, by the standard library."""
