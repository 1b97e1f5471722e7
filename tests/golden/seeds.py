#!/usr/bin/env python3
"""Golden packets as first inputs of the fuzz targets.

Usage: seeds.py GOLDEN-FOLDER CORPUS-FOLDER
"""
import os
import sys

golden, corpus = sys.argv[1:]
TARGETS = {'rows': ('status', 'table', 'wait'), 'list': ('list',), 'deps': ('deps',),
           'versions': ('version', 'target-version'), 'message': ('message',),
           'header': ('info', 'load', 'remove', 'secure', 'create', 'error', 'version')}


def packet(name):
    data = b''
    with open(os.path.join(golden, name), encoding='ascii') as lines:
        for line in lines:
            for word in line.split('#')[0].split():
                byte, _, times = word.partition('*')
                data += bytes.fromhex(byte) * int(times or 1)
    return data


for target, words in TARGETS.items():
    os.makedirs(os.path.join(corpus, target), exist_ok=True)
    for name in sorted(os.listdir(golden)):
        kind, _, rest = name.partition('-')
        if name.endswith('.hex') and kind in ('reply', 'recorded') and rest.startswith(words):
            data = packet(name)
            size = int.from_bytes(data[12:16], 'little')
            with open(os.path.join(corpus, target, name[:-4]), 'wb') as out:
                out.write(data[:max(312, size)])  # without the room behind the reply

os.makedirs(os.path.join(corpus, 'request'), exist_ok=True)
for name, data in {
        'row-literal': bytes([0, 6]) + b'linear' + rb'/dev/mapper/a\x20b 0',
        'row-escape': bytes([1, 6]) + b'linear' + rb'/dev/a\ b 0',
        'row-long-type': bytes([0, 16]) + b'sixteen-letters-x',
        'message': bytes([2, 9]) + b'create_thin 7',
        'message-short': bytes([2, 8]) + b'x',
        'text': bytes([3, 1]) + b'new name', 'geometry': bytes([4, 54]) + b'\xff' * 20,
        'geometry-short': bytes([4, 53]) + b'\xff' * 20,
        'header': bytes([5, 20]) + b'a-name-of-20-letters' + b'UUID-1',
        'header-short': bytes([5, 4]) + b'nameuuid',
        'header-long': bytes([5, 128]) + b'n' * 128 + b'u' * 130}.items():
    with open(os.path.join(corpus, 'request', name), 'wb') as out:
        out.write(data)
