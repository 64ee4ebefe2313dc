"""All that leaves gitseal as plaintext: the values of a request, the files of a service, and where they may be written."""
