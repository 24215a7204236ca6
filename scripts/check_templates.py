"""Every template compiles, says what it takes where it is a partial, and brings no script or style
of its own, which the content security policy would refuse.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from jinja2 import Environment, TemplateSyntaxError

from booking import create_app
from config import Settings

# E-mail programs know no style sheets, and no policy.
EMAILS = "emails/"
REFUSED = {
    "a style in the tag": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "a handler in the tag": re.compile(r"<[a-z][^<>]*\s(?:hx-)?on[:\w-]*\s*=", re.IGNORECASE),
    "a script without a nonce": re.compile(r"<script(?![^>]*\b(?:src|nonce)\s*=)", re.IGNORECASE),
    "a style sheet in the page": re.compile(r"<style\b", re.IGNORECASE),
    "something from another house": re.compile(
        r"<(?:script|img|iframe|link|source)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?:https?:)?//",
        re.IGNORECASE,
    ),
}
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def is_partial(name: str) -> bool:
    """Whether other templates take it in, so that it must say what it takes."""
    return name.startswith("components/") or name.rpartition("/")[2].startswith("_")


def faults(name: str, source: str) -> Iterator[str]:
    """What is wrong with one template, a sentence each."""
    if is_partial(name) and not source.startswith("{#"):
        yield f"{name}:1: a partial begins with {{# What it is. Takes: name (Type). #}}"
    if name.startswith(EMAILS):
        return
    # Comments are blanked, not cut, so that the lines keep their numbers.
    plain = COMMENT.sub(lambda comment: re.sub(r"[^\n]", " ", comment.group()), source)
    for meaning, pattern in REFUSED.items():
        for match in pattern.finditer(plain):
            line = plain.count("\n", 0, match.end()) + 1
            yield f"{name}:{line}: {meaning}: {match.group()[-60:].strip()}"


def faults_of_all(environment: Environment) -> Iterator[str]:
    """What is wrong with any template of the house."""
    for name in environment.list_templates():
        assert environment.loader
        source, _, _ = environment.loader.get_source(environment, name)
        try:
            environment.compile(source, name)
        except TemplateSyntaxError as error:
            yield f"{name}:{error.lineno}: {error.message}"
        yield from faults(name, source)


def main() -> int:
    """Print each fault."""
    app = create_app(Settings(testing=True, secret_key="of no worth", database_url="sqlite://"))
    found = list(faults_of_all(app.jinja_env))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
