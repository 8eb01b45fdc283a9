"""The official Python client asks a server as an agent would, and prints what it saw as JSON.

Usage: client.py PROGRAM ROOT MODE CALLS

CALLS is a file with a list of [tool, arguments]. MODE is how the client connects: `auto` or `legacy`. The client holds every
structured answer against the schema that the server lists for it, and raises where one does not fit.
"""

import asyncio
import json
import sys

from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters


async def main() -> None:
    program, root, mode, calls = sys.argv[1:5]
    with open(calls, encoding="utf-8") as file:
        asked = json.load(file)
    server = StdioServerParameters(command=program, args=["mcp", "--root", root])
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        listed = (await client.list_tools()).tools
        for tool in listed:
            Draft202012Validator.check_schema(tool.input_schema)
            Draft202012Validator.check_schema(tool.output_schema)
        schemas = {tool.name: tool for tool in listed}

        async def call(name: str, arguments: dict) -> dict:
            try:
                result = await client.call_tool(name, arguments)
            except MCPError as error:
                return {"refused": error.error.code, "message": error.error.message}
            if not result.is_error:
                Draft202012Validator(schemas[name].output_schema).validate(result.structured_content)
                Draft202012Validator(schemas[name].input_schema).validate(arguments)
            return {
                "is_error": bool(result.is_error),
                "text": "\n".join(block.text for block in result.content),
                "structured": result.structured_content,
            }

        one_by_one = [await call(name, arguments) for name, arguments in asked]
        # The same again, all at once.
        at_once = await asyncio.gather(*(call(name, arguments) for name, arguments in asked))
        seen = {
            "protocol": client.protocol_version,
            "server": client.server_info.name,
            "instructions": client.instructions,
            "tools": [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed],
            "answers": one_by_one,
            "same_at_once": one_by_one == list(at_once),
        }
    print(json.dumps(seen))


asyncio.run(main())
