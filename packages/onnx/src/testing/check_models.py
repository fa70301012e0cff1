"""Runs the official checker on each model of standard input, and prints a line of JSON for each.

A model is a line `NAME LENGTH` and then that many bytes.
"""

import json
import sys

import onnx

source = sys.stdin.buffer
while header := source.readline():
    name, length = header.decode().rsplit(" ", 1)
    error = None
    try:
        onnx.checker.check_model(source.read(int(length)), full_check=True)
    except Exception as problem:
        error = str(problem)
    print(json.dumps({"name": name, "error": error}), flush=True)
