"""policy.yaml as frozen values: who may open what, in which access group each name lives, what may be plain.

`docs/reference/policy.md` describes the file for its users. Nothing here touches the disk.
"""
