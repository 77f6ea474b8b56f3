"""The JSON Schema of a body, for the OpenAPI document."""

from typing import Any, cast

from zi_intake.bodies.filings import Body


def described(body: type[Body]) -> dict[str, Any]:
    """Return the JSON Schema of the body without references, so that it can stand anywhere in an OpenAPI document."""
    schema = body.model_json_schema()
    parts = schema.pop("$defs", {})
    return cast(dict[str, Any], _filled_in(schema, parts))


def _filled_in(schema: Any, parts: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_filled_in(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _filled_in(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {name: _filled_in(each, parts) for name, each in schema.items()}
