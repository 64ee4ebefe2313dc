from django.conf import settings
from django.core.signing import Signer
from django.http import HttpRequest, JsonResponse
from django.urls import path


def health(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"signs": Signer().unsign(Signer().sign("shop")) == "shop", "mail": settings.EMAIL_HOST_USER})


urlpatterns = [path("health", health)]
