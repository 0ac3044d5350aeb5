"""Says of each line of a file, SCHEMA<tab>JSON, whether the JSON is as the schema file wants it."""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def retrieve(uri):
    path = pathlib.Path(uri.removeprefix("file://"))
    return Resource.from_contents(json.loads(path.read_text()))


registry = Registry(retrieve=retrieve)
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    schema, text = line.split("\t", 1)
    Draft202012Validator.check_schema(json.loads(pathlib.Path(schema).read_text()))
    validator = Draft202012Validator({"$ref": "file://" + schema}, registry=registry)
    error = next(validator.iter_errors(json.loads(text)), None)
    print("valid" if error is None else f"{error.json_path}: {error.message[:200]}".replace("\n", " "))
