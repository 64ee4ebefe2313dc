"""The evidence for a judgement: who may change a path, which commits changed it, and whose keys signed them."""
