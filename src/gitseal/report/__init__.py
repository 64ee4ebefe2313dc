"""What was found, in one shape for all who report: the commands, and the formats that machines read."""
