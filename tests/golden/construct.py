#!/usr/bin/env python3
"""Writes the constructed packets: every request, and replies that a real kernel is hard to bring
to. Usage: construct.py [--big-endian] FOLDER"""
import sys

import layout
from layout import *

if sys.argv[1] == '--big-endian':
    layout.ORDER = '>'
    del sys.argv[1]
folder = sys.argv[1]


def request(title, remark, payload=(), room=0, **values):
    """A request as the format document describes it; `room` bytes for the reply are zero."""
    payload = list(payload)
    total = HEADER + max(size_of(payload), room)
    fields = header(size=total, **values) + payload
    if total > size_of(fields):
        fields.append((bytes(total - size_of(fields)), 'room for the reply'))
    write(folder, 'request-' + title, remark, fields)


def reply(title, remark, payload=(), behind=b'', size=None, version=(4, 50, 0), **values):
    """A reply; `behind` is what the caller's buffer holds behind data_size."""
    payload = list(payload)
    fields = header(version=version, size=HEADER + size_of(payload) if size is None else size,
                    **values) + payload
    if behind:
        fields.append((behind, 'behind data_size: not part of the reply'))
    write(folder, 'reply-' + title, remark, fields)


def load_rows(rows):
    """TABLE_LOAD: next counts from this spec, also in the last."""
    fields = []
    for start, length, kind, params in rows:
        tail = pad(text(params, 'params'))
        fields += spec(start, length, 40 + size_of(tail), kind) + tail
    return fields


def status_rows(rows):
    """TABLE_STATUS: next counts from the first spec; the payload ends with the last NUL, before its
    padding."""
    fields = []
    for index, (start, length, kind, params) in enumerate(rows):
        tail = text(params, 'params')
        padded = pad(tail, fill=b'\xaa')
        fields += (spec(start, length, size_of(fields) + 40 + size_of(padded), kind) +
                   (tail if index + 1 == len(rows) else padded))
    return fields


def name_list(devices, tail):
    """LIST_DEVICES: next counts from this record. `tail` gives the fields behind the padded
    name."""
    fields = []
    for index, entry in enumerate(devices):
        record = pad(number('Q', entry['dev'], 'dev') + [(b'????', '')] +
                     text(entry['name'], 'name')) + tail(entry)
        following = 0 if index + 1 == len(devices) else size_of(record)
        record[1] = number('I', following, 'next')[0]
        fields += record
    return fields


def old_list(devices):
    fields, slack = [], 0
    for index, entry in enumerate(devices):
        name = entry['name']
        step = (16 + len(name) + 1 + 7) // 8 * 8
        slack += 16 + len(name) + 1 + 7 - step
        fields += (number('Q', entry['dev'], 'dev') +
                   number('I', 0 if index + 1 == len(devices) else step, 'next') +
                   text(name, 'name'))
        fields.append((bytes(step - 12 - len(name) - 1), 'padding'))
    return fields + [(bytes(slack), 'never written')]


def event_tail(entry):
    return number('I', entry['event'], 'event_nr') + [(b'\0\0\0\0', 'not written before 4.45')]


def uuid_tail(entry):
    uuid = entry.get('uuid')
    fields = number('I', entry['event'], 'event_nr') + number('I', 1 if uuid else 2, 'flags')
    return fields + (pad(text(uuid, 'uuid')) if uuid else [])


def versions(types):
    """LIST_VERSIONS: next counts from this record; data_size is an upper bound, 8 bytes a record
    too large at most."""
    fields, slack = [], 0
    for index, (kind, version) in enumerate(types):
        record = pad([(b'????', '')] + [(struct.pack(layout.ORDER + '3I', *version),
                                         'version: %d %d %d' % version)] + text(kind, 'name'))
        record[0] = number('I', 0 if index + 1 == len(types) else size_of(record), 'next')[0]
        slack += 16 + len(kind) + 1 + 7 - size_of(record)
        fields += record
    return fields + [(bytes(slack), 'never written')]


# --- requests ---

request('version', 'VERSION: a header and nothing else.')
request('create', 'DEV_CREATE: name, uuid and a wanted minor number above 255.', flags=PERSISTENT,
        dev=device(253, 300), name=b'pool', uuid=b'CRYPT-LUKS2-0123')
request('list', 'LIST_DEVICES with a name filter, asking for uuids, and 16 KiB of room.',
        room=16384 - HEADER, flags=UUID, name=b'vg-')
request('suspend', 'DEV_SUSPEND by number.', flags=SUSPEND | SKIP_LOCKFS | NOFLUSH,
        dev=device(253, 7))
request('resume',
        'DEV_SUSPEND without the flag: resume, by the longest uuid there is, with a udev cookie.',
        event=0x0040beef, uuid=b'u' * 128)
request('remove', 'DEV_REMOVE, deferred, by the longest name there is, cookie with flags.',
        flags=DEFERRED, event=0xffffffff, name=b'n' * 127)
request('load', 'TABLE_LOAD of one row, read-only.', count=1, flags=READONLY, name=b'pool',
        payload=load_rows([
    (0, 409600, b'thin-pool', b'253:1 253:2 128 32768 1 skip_block_zeroing')]))
request('load-rows',
        'TABLE_LOAD of five rows: parameters that end one byte before, at, and one byte behind a '
        'multiple of 8, none at all,\n'
        'the longest type, 64-bit numbers, and literal backslashes, which are doubled on the wire.',
        count=5, name=b'five', payload=load_rows([
    (0, 8, b'linear', b'7:0 384'),
    (8, 1, b'linear', b'7:0 4096'),
    (9, 0x123456789a, b'error', b''),
    (0x12345678a3, 3, b'fifteen-letters', b'8:16 6'),
    (0x12345678a6, 4294967296, b'linear', rb'/dev/mapper/a\\x20b\\\\ 0')]))
request('load-escaped',
        'TABLE_LOAD of a row whose parameters are already written for the kernel\'s splitter.',
        count=1, dev=device(253, 0), payload=load_rows([
    (0, 16, b'linear', rb'/dev/disk/by-label/a\ b 0')]))
request('message', 'TARGET_MSG with room for a reply.', room=128, name=b'pool',
        payload=number('Q', 2048, 'sector') + text(b'create_thin 7', 'message'))
request('rename', 'DEV_RENAME to a new name.', name=b'old', payload=text(b'new name', 'new name'),
        event=0x00402a2a)
request('rename-uuid', 'DEV_RENAME that gives a uuid.', flags=UUID, name=b'old',
        payload=text(b'MINE-' + b'f' * 123, 'uuid'))
request('geometry', 'DEV_SET_GEOMETRY.', name=b'disk',
        payload=text(b'1024 255 63 2048', 'geometry'), room=54)
request('geometry-longest',
        'DEV_SET_GEOMETRY with the longest numbers that the codec can be given.', name=b'disk',
        payload=text(b'4294967295 4294967295 4294967295 18446744073709551615', 'geometry'))

# --- replies ---

reply('version', 'VERSION: the kernel writes twelve bytes, the rest is the request.', size=HEADER)
reply('info', 'DEV_STATUS of a suspended device with both tables.', size=NONE, count=3, opened=2,
      flags=SUSPEND | READONLY | ACTIVE | INACTIVE | INTERNAL_SUSPEND | DEFERRED, event=0xfffffffe,
      dev=device(4095, 1048575), name=b'odd \xff\n name', uuid=b'u' * 128)
reply('info-negative', 'A count of openers below zero (it is signed), the longest name.', size=NONE,
      opened=-1, dev=device(253, 256), name=b'n' * 127)
reply('removed', 'DEV_REMOVE: no device any more.', size=NONE, flags=UEVENT, event=0x0040beef,
      name=b'gone')
reply('secure-cleared', 'REMOVE_ALL with DM_SECURE_DATA: all zero, also the sizes.',
      version=(0, 0, 0), size=0, start=0)

reply('list-old',
      'LIST_DEVICES before 4.36: nothing behind the names. These kernels take 16 bytes for the '
      '12 of a record\'s head, so that\n'
      'records can be further apart than needed, and data_size is an upper bound.',
      version=(4, 35, 0), payload=old_list([
    {'name': b'home', 'dev': device(253, 0)},
    {'name': b'longer-name', 'dev': device(253, 65536)},
    {'name': b'end', 'dev': device(253, 1)}]))
reply('list-event', 'LIST_DEVICES from 4.37 on.', version=(4, 39, 0), behind=b'\xee' * 24,
      payload=name_list([
    {'name': b'abc', 'dev': device(253, 0), 'event': 0},
    {'name': b'root', 'dev': device(253, 1), 'event': 17},
    {'name': b'elevenbytes', 'dev': device(254, 511), 'event': 0xffffffff},
    {'name': b'\xff \\\n|x', 'dev': device(253, 2), 'event': 1}], event_tail))
reply('list-uuid', 'LIST_DEVICES with DM_UUID_FLAG from 4.45 on.', flags=UUID, payload=name_list([
    {'name': b'crypt', 'dev': device(253, 3), 'event': 2,
     'uuid': b'CRYPT-LUKS2-0123456789abcdef-crypt'},
    {'name': b'plain', 'dev': device(253, 4), 'event': 0},
    {'name': b'n' * 127, 'dev': device(253, 5), 'event': 4, 'uuid': b'u' * 128},
    {'name': b'z', 'dev': device(253, 6), 'event': 5, 'uuid': b'LVM-7'}], uuid_tail))
reply('list-empty',
      'LIST_DEVICES without a device: data_size is data_start, and the payload is what the '
      'caller left there.', size=HEADER, behind=b'\xee' * 16)
reply('list-empty-zero', 'LIST_DEVICES without a device, as a first record with device 0:0.',
      payload=number('Q', 0, 'dev'))
reply('list-full', 'LIST_DEVICES that did not fit.', size=NONE, flags=BUFFER_FULL,
      behind=b'\xee' * 8)

reply('status', 'TABLE_STATUS of four rows.', count=4, flags=ACTIVE, event=9, dev=device(253, 8),
      name=b'four', behind=b'\xaa\xaa\xaa', payload=status_rows([
    (0, 128, b'linear', b''),
    (128, 1024, b'striped', b'2 7:0 7:1 1 AA'),
    (1152, 0x100000000, b'thin-pool',
     b'0 10/1024 5/4096 - rw no_discard_passdown queue_if_no_space - 1024 '),
    (0x100000480, 1, b'fifteen-letters', b'x')]))
reply('status-none', 'TABLE_STATUS of a device without a table.', size=NONE, dev=device(253, 8),
      name=b'new')
reply('status-vanished', 'TABLE_STATUS whose table went between the count and the text.', size=NONE,
      count=2, dev=device(253, 8), name=b'new')
reply('table', 'TABLE_STATUS with DM_STATUS_TABLE_FLAG of one row.', count=1,
      flags=STATUS_TABLE | ACTIVE, dev=device(253, 8), name=b'one', payload=status_rows([
    (0, 409600, b'crypt', b'aes-xts-plain64 :32:logon:cryptsetup:x 0 7:0 4096 1 allow_discards')]))

reply('deps', 'TABLE_DEPS of three devices.', flags=ACTIVE, count=2, dev=device(253, 9),
      name=b'three',
      payload=number('I', 3, 'count') + [(b'\xaa\xaa\xaa\xaa', 'padding: not written')] +
      number('Q', device(8, 16), 'dev: 8:16') + number('Q', device(259, 256), 'dev: 259:256') +
      number('Q', device(253, 1048575), 'dev: 253:1048575'))
reply('deps-none', 'TABLE_DEPS of a table on no device.', flags=ACTIVE, count=1, dev=device(253, 9),
      name=b'zero', payload=number('I', 0, 'count') + [(b'\0\0\0\0', 'padding')])
reply('deps-no-table', 'TABLE_DEPS of a device without a table.', size=NONE, dev=device(253, 9),
      name=b'new')

reply('versions', 'LIST_VERSIONS.', behind=b'\xee' * 8, payload=versions([
    (b'thin-pool', (1, 23, 0)), (b'snapshot', (1, 16, 0)), (b'zero', (1, 2, 0)),
    (b'error', (1, 7, 4294967295))]))
reply('versions-one', 'GET_TARGET_VERSION: one record, the name also in the header.',
      name=b'multipath', payload=versions([(b'multipath', (1, 15, 0))]))
reply('versions-none', 'LIST_VERSIONS without a type.', size=HEADER)

reply('message', 'TARGET_MSG with a text.', flags=ACTIVE | DATA_OUT, count=1, dev=device(253, 10),
      name=b'stats', payload=text(b'0+409600 0 0 0\n1: a line', 'text'), behind=b'leftover')
reply('message-empty', 'TARGET_MSG with an empty text.', flags=ACTIVE | DATA_OUT, count=1,
      dev=device(253, 10), name=b'stats', payload=text(b'', 'text'))
reply('message-none', 'TARGET_MSG without a text: the payload is the message that was sent.',
      size=NONE, flags=ACTIVE, count=1, dev=device(253, 10), name=b'pool',
      behind=b'\0' * 8 + b'create_thin 7\0')
