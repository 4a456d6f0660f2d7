"""A judge of JSON by a JSON Schema, as far as the schemas here go: an unknown word in one fails."""

import re
from typing import Any


def mismatches(value: Any, schema: dict[str, Any], definitions: dict[str, Any], where: str = "$") -> list[str]:
    """What of JSON Schema the schema uses, and nothing else: an unknown word fails."""
    if "$ref" in schema:
        return mismatches(value, definitions[schema["$ref"].rsplit("/", 1)[1]], definitions, where)
    if "anyOf" in schema:
        tries = [mismatches(value, one, definitions, where) for one in schema["anyOf"]]
        return [] if [] in tries else tries[0]
    words = set(schema) - {"title", "description", "default"}
    assert words <= {
        *("type", "enum", "const", "properties", "required", "items", "additionalProperties"),
        *("minimum", "maximum", "maxLength", "pattern"),
    }, words
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is none of {schema['enum']}")
    kinds: dict[str, tuple[type, ...]] = {
        "object": (dict,),
        "array": (list,),
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "null": (type(None),),
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return [f"{where}: {value!r} is no {schema['type']}"]
    if value is not None and not isinstance(value, str | dict | list):
        found += [f"{where}: too small"] if value < schema.get("minimum", value) else []
        found += [f"{where}: too large"] if value > schema.get("maximum", value) else []
    if isinstance(value, str):
        found += [f"{where}: pattern"] if not re.search(schema.get("pattern", ""), value) else []
        found += [f"{where}: too long"] if len(value) > schema.get("maxLength", len(value)) else []
    if isinstance(value, dict):
        found += [f"{where}: lacks {name}" for name in schema.get("required", ()) if name not in value]
        for name, part in value.items():
            if name in schema.get("properties", {}):
                found += mismatches(part, schema["properties"][name], definitions, f"{where}.{name}")
    if isinstance(value, list):
        for index, part in enumerate(value):
            found += mismatches(part, schema["items"], definitions, f"{where}[{index}]")
    return found
