"""The OpenAPI 3.1 document, made from the endpoints as they are declared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from booking.web.api import Api, Endpoint, Problem, status_name

_SCHEMAS = "#/components/schemas/{model}"
_TOKENS = (
    "A token has all its person's rights, or those of its scopes alone. `read`: see one's own; "
    "`book`: make, change and cancel; `staff`: see and book as the staff of one's units; `decide`: "
    "approve and deny; `money`: charges and credit notes. An operation names the scope it needs; "
    "what only staff may do within it needs theirs too."
)
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def document(api: Api, title: str, description: str, version: str, server: str) -> dict[str, Any]:
    """The whole document as plain values."""
    models = _models(api.endpoints)
    _names, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template=_SCHEMAS
    )
    paths: dict[str, Any] = {}
    for one in api.endpoints:
        path = _PLACE.sub(r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "description": description,
            "version": version,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server + api.prefix}],
        "tags": [{"name": tag} for tag in sorted({one.tag for one in api.endpoints})],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": _TOKENS}
            },
        },
    }


def _models(endpoints: Sequence[Endpoint]) -> list[type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {"Problem": Problem}
    for one in endpoints:
        for model in (one.answers, one.body):
            if model is not None:
                found[model.__name__] = model
    return list(found.values())


def _operation(one: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": one.handler.__name__,
        "summary": one.summary,
        "description": _description(one),
        "tags": [one.tag],
        "parameters": [*_path_parameters(one), *_query_parameters(one)],
        "responses": _responses(one),
        "security": [{"token": _scopes(one)}] if one.needs_token else [{}, {"token": []}],
    }
    if one.body is not None:
        operation["requestBody"] = {
            "required": any(field.is_required() for field in one.body.model_fields.values()),
            "content": {"application/json": {"schema": _schema(one.body)}},
        }
    if one.method == "POST" and one.status == 201:
        operation["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key hears the same answer for 24 hours.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    if one.method == "PATCH":
        operation["parameters"].append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag of the version that is meant, or *.",
                "schema": {"type": "string", "minLength": 1},
            }
        )
    return operation


def _scopes(one: Endpoint) -> list[str]:
    return [one.scope.value] if one.scope else []


def _description(one: Endpoint) -> str:
    """What it does, and which scope it needs, since not every reader shows that of `security`."""
    words = (one.handler.__doc__ or one.summary).strip()
    return f"{words}\n\nScope: `{one.scope.value}`." if one.scope else words


def _schema(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _SCHEMAS.format(model=model.__name__)}


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PLACE.findall(one.path)
    ]


def _query_parameters(one: Endpoint) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = one.query.model_json_schema(ref_template=_SCHEMAS)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": {key: value for key, value in field.items() if key != "title"},
        }
        for name, field in schema["properties"].items()
    ]


def _responses(one: Endpoint) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(one.status): {
            "description": status_name(one.status),
            "content": {one.media: {"schema": _answer_schema(one)}},
        }
    }
    for status in sorted({*one.errors, *_common_errors(one)}):
        responses[str(status)] = {
            "description": status_name(status),
            "content": {"application/problem+json": {"schema": _schema(Problem)}},
        }
    return responses


def _answer_schema(one: Endpoint) -> dict[str, str]:
    return {"type": "string"} if one.answers is None else _schema(one.answers)


def _common_errors(one: Endpoint) -> set[int]:
    errors = {400, 401, 429, 500, 503}
    if one.scope is not None:
        errors.add(403)
    if one.body is not None:
        errors |= {413, 415, 422}
    if one.query is not None:
        errors.add(422)
    return errors
