"""The disk: reading regular files, writing atomically, locking, and private places for plaintext. No Git, no secrets."""
