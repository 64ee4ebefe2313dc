terraform {
  required_version = ">= 1.11" # write-only arguments; ephemeral variables came in 1.10
}

# What `gitseal render --format terraform` gives: the values by name, which go into no plan and no state,
variable "secrets" {
  type      = map(string)
  ephemeral = true
}

# and a number for each that changes if the value does, and says nothing about it.
variable "revisions" {
  type = map(number)
}
