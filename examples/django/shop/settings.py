"""Settings of which the secret ones come from variables if they are set, and from .secrets otherwise.

GITSEAL_ENV says which environment. A missing or damaged value stops the start, with its name.
"""

import gitseal

# The name matters: Django's error pages hide settings whose names have KEY, SECRET, PASS, TOKEN or API in them.
SECRET_KEY = gitseal.secret("SECRET_KEY").reveal()
# After `gitseal rotate SECRET_KEY --keep-previous`: what the old key signed still counts, until `--finish`.
SECRET_KEY_FALLBACKS = [key for key in [gitseal.secret("SECRET_KEY_PREVIOUS", default="").reveal()] if key]

EMAIL_HOST = "smtp.example.com"
EMAIL_HOST_USER = "shop"
EMAIL_HOST_PASSWORD = gitseal.secret("SMTP_PASSWORD").reveal()

DEBUG = gitseal.secret("DEBUG", type=bool, default=False).reveal()
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
INSTALLED_APPS: list[str] = []
USE_TZ = True
