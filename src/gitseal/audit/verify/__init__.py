"""`verify`: whether every commit that changes secrets is signed by somebody the policy allows."""
