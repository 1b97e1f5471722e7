#!/usr/bin/python3
"""One call of libblockdev: blockdev.py FUNCTION ARGUMENT...

Prints what it returns, or its error with exit status 1. An argument is text, or one of None, True,
False and numbers.
"""
import ast
import sys

import gi

gi.require_version("BlockDev", "2.0")
from gi.repository import BlockDev, GLib  # noqa: E402


def value(text):
    return ast.literal_eval(text) if text in ("None", "True", "False") or text.isdigit() else text


def show(result):
    if hasattr(result, "cipher"):
        return " ".join(f"{name}={getattr(result, name)}"
                        for name in ("version", "cipher", "mode", "uuid", "backing_device"))
    return repr(result)


def main(function, *arguments):
    plugins = [BlockDev.PluginSpec(), BlockDev.PluginSpec()]
    plugins[0].name, plugins[1].name = BlockDev.Plugin.CRYPTO, BlockDev.Plugin.DM
    BlockDev.init(plugins, None)
    try:
        print(show(getattr(BlockDev, function)(*map(value, arguments))))
    except GLib.Error as error:
        print(f"{error.domain}: {error.message}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
