"""Reads a PowerShell script on stdin; prints a JSON list of what Windows PowerShell 5.1 would not take."""
import json
import sys

import tree_sitter_powershell
from tree_sitter import Language, Parser

# Of what only PowerShell 7 takes, the grammar knows `a && b` and `a || b`; the rest is an error to it.
NEWER = "pipeline_chain_tail"


def nodes(node):
    yield node
    for child in node.children:
        yield from nodes(child)


tree = Parser(Language(tree_sitter_powershell.language())).parse(sys.stdin.buffer.read())
wrong = [node for node in nodes(tree.root_node) if node.is_error or node.is_missing or node.type == NEWER]
print(json.dumps([f"line {node.start_point[0] + 1}: {node.text.decode()[:60]}" for node in wrong]))
