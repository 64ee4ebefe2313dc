"""What a judgement rests on: who may change a path, which commits changed it, and by whose keys they are signed."""
