# It runs as it stands, without any provider: set-password.sh is for whatever gets the value. Use a write-only argument instead
# if your provider has one (docs/how-to/use-with-terraform.md).
resource "terraform_data" "database_password" {
  triggers_replace = var.revisions["DATABASE_PASSWORD"]

  provisioner "local-exec" {
    command     = "./set-password.sh"
    environment = { PASSWORD = var.secrets["DATABASE_PASSWORD"] }
  }
}
