"""Whether enough people approved a change, and which approvals a server takes."""
