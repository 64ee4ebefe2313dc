"""A FastAPI application whose settings come from variables if they are set, and from .secrets otherwise."""

from fastapi import FastAPI
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gitseal.sdk.pydantic_source import GitsealSettingsSource


class Settings(BaseSettings):
    # pydantic quotes its input in errors, and the input is all the other values.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    database_url: SecretStr
    session_secret: SecretStr
    log_level: str = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The first that has a value wins. GITSEAL_ENV says which environment; under `gitseal run` no file is read.
        return init_settings, env_settings, GitsealSettingsSource(settings_cls)


# Here, so that a missing or damaged value stops the start and not the first request.
settings = Settings()  # type: ignore[call-arg]
app = FastAPI()


@app.get("/health")
def health() -> dict[str, str | bool]:
    host = settings.database_url.get_secret_value().rpartition("@")[2].partition("/")[0]
    return {"database": host, "level": settings.log_level, "sessions": bool(settings.session_secret)}
