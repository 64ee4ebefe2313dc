"""Who could open which value, over all of history: what somebody who leaves has seen, and what a leak concerns."""
