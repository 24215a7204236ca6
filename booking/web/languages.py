"""The language of an address and of its reader; dates and numbers in it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from werkzeug.routing import BaseConverter

from booking.web.translations import compile_missing

LANGUAGES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
LOCALES = {"fi": "fi", "sv": "sv", "en": "en_GB"}
DEFAULT_LANGUAGE = "fi"

babel = Babel()


class LanguageConverter(BaseConverter):
    """The first part of an address: one of the languages of the service."""

    regex = "|".join(LANGUAGES)


def init_app(app: Flask) -> None:
    """Let every page's address begin with its language, and keep it from page to page."""
    app.url_map.converters["lang"] = LanguageConverter
    compile_missing(app.config["TRANSLATIONS"])
    babel.init_app(
        app,
        locale_selector=lambda: LOCALES.get(current_language(), current_language()),
        default_translation_directories=str(app.config["TRANSLATIONS"]),
    )
    app.url_defaults(_keep_language)
    app.url_value_preprocessor(_take_language)


def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
    if values and "lang" in values:
        g.lang = values["lang"]


def _keep_language(endpoint: str, values: dict[str, object]) -> None:
    if "lang" not in values and _has_language(endpoint):
        values["lang"] = current_language()


def _has_language(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "lang")


def current_language() -> str:
    """The language of this address; of one that has none, what the reader prefers."""
    first_step = request.path.split("/")[1]
    for chosen in (g.get("lang"), first_step, request.args.get("lang")):
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or DEFAULT_LANGUAGE


def locale_language() -> str:
    """The language that texts are being made in now: a mail's may differ from its page's."""
    locale = get_locale()
    return locale.language if locale else DEFAULT_LANGUAGE


def text_in(texts: Mapping[str, str] | None, language: str | None = None) -> str:
    """A text of the catalogue in `language` (else the reader's), or in one that it has."""
    if not texts:
        return ""
    return (
        texts.get(language or locale_language())
        or texts.get(DEFAULT_LANGUAGE)
        or next(iter(texts.values()))
    )


def language_links() -> list[tuple[str, str, str]]:
    """(code, name, address) of this very page in each language."""
    if request.endpoint is None or not _has_language(request.endpoint):
        return [(code, name, f"/{code}/") for code, name in LANGUAGES.items()]
    values = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    return [
        (code, name, url_for(request.endpoint, **{**values, "lang": code}))
        for code, name in LANGUAGES.items()
    ]


def pick_language() -> ResponseReturnValue:
    """Send whoever asks for `/` to the page in the language they prefer."""
    answer = redirect(f"/{current_language()}/")
    answer.vary.add("Accept-Language")
    return answer
