"""The impact of a leak: which names, since when and until when, who could open them, and what uses them."""
