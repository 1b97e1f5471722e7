#!/usr/bin/env python3
"""Records replies of a real kernel.

Usage, as root in a guest that has device-mapper: record.py FOLDER

Asks by raw ioctls, without devmap and without libdevmapper, and writes what came back. The devices
stand on two loop devices and are gone again at the end. Run it with:
tests/vm/run --results FOLDER -- tests/golden/record.py FOLDER
"""
import errno
import fcntl
import os
import platform
import subprocess
import sys
import tempfile

from layout import *

(VERSION, REMOVE_ALL, LIST, CREATE, REMOVE, RENAME, SUSPEND_CMD, STATUS, WAIT, LOAD, CLEAR, DEPS,
 TABLE, VERSIONS, MESSAGE, GEOMETRY, ARM_POLL, TARGET_VERSION) = range(18)

folder = sys.argv[1]
control = os.open('/dev/mapper/control', os.O_RDWR | os.O_CLOEXEC)


def ask(nr, payload=(), room=0, **values):
    """The whole packet after the call, and its errno."""
    body = join(payload)
    total = HEADER + max(len(body), room)
    packet = bytearray((join(header(size=total, **values)) + body).ljust(total, b'\0'))
    try:
        fcntl.ioctl(control, 0xc0000000 | HEADER << 16 | 0xfd << 8 | nr, packet, True)
    except OSError as error:
        return packet, error.errno
    return packet, 0


def do(nr, payload=(), room=0, **values):
    packet, error = ask(nr, payload, room, **values)
    assert error == 0, (nr, values, os.strerror(error))
    return packet


def keep(name, what, packet):
    version = '.'.join(map(str, struct.unpack_from('<3I', packet)))
    remark = (f'{what}\nRecorded from Linux {platform.release().split("-")[0]}, '
              f'{platform.machine()}, interface {version}.')
    write(folder, 'recorded-' + name, remark,
          header_fields(packet) + payload_fields(packet, HEADER))


def rows(*entries):
    fields = []
    for start, length, kind, params in entries:
        tail = pad(text(params, 'params'))
        fields += spec(start, length, 40 + size_of(tail), kind) + tail
    return {'payload': fields, 'count': len(entries)}


def message(name, words_, sector=0, room=512):
    return do(MESSAGE, number('Q', sector, 'sector') + text(words_, 'message'), room, name=name)


def loop_device(size):
    backing = tempfile.NamedTemporaryFile()
    backing.truncate(size)
    path = subprocess.run(['losetup', '-f', '--show', backing.name], check=True,
                          stdout=subprocess.PIPE).stdout.decode().strip()
    number_ = os.stat(path).st_rdev
    return path, b'%d:%d' % (os.major(number_), os.minor(number_)), backing


loops = [loop_device(1 << 20), loop_device(1 << 20)]
one, two = loops[0][1], loops[1][1]

keep('version', 'VERSION.', do(VERSION))
keep('list-empty', 'LIST_DEVICES, no device matches the filter.',
     do(LIST, room=200, name=b'no-such-device'))
keep('create', 'DEV_CREATE with a uuid and minor number 300.',
     do(CREATE, name=b'rec-rows', uuid=b'TEST-0123456789', flags=PERSISTENT, dev=device(0, 300)))
keep('error-create', 'DEV_CREATE of a name that exists, EBUSY: only the version is written.',
     ask(CREATE, name=b'rec-rows')[0])
keep('status-no-table', 'TABLE_STATUS of a device without a table.',
     do(TABLE, room=256, name=b'rec-rows'))
keep('deps-no-table', 'TABLE_DEPS of a device without a table.',
     do(DEPS, room=256, name=b'rec-rows'))
keep('load', 'TABLE_LOAD of three rows; the request behind the header is unchanged.',
     do(LOAD, name=b'rec-rows', **rows(
    (0, 8, b'linear', one + b' 0'),
    (8, 1024, b'striped', b'2 16 ' + one + b' 64 ' + two + b' 64'),
    (1032, 1, b'error', b''))))
keep('resume', 'DEV_SUSPEND without the flag: the table becomes live, a uevent goes out.',
     do(SUSPEND_CMD, uuid=b'TEST-0123456789'))
info = do(STATUS, name=b'rec-rows')
keep('info', 'DEV_STATUS.', info)
dev = struct.unpack_from('<Q', info, 40)[0]
keep('suspend', 'DEV_SUSPEND with the flag, by number.', do(SUSPEND_CMD, dev=dev, flags=SUSPEND))
do(SUSPEND_CMD, dev=dev)
keep('status', 'TABLE_STATUS of three rows.', do(TABLE, room=512, name=b'rec-rows'))
keep('table', 'TABLE_STATUS with DM_STATUS_TABLE_FLAG.',
     do(TABLE, room=512, name=b'rec-rows', flags=STATUS_TABLE))
keep('table-full', 'TABLE_STATUS that did not fit: two of three rows, then the flag.',
     do(TABLE, room=150, name=b'rec-rows', flags=STATUS_TABLE))
keep('status-inactive', 'TABLE_STATUS of the inactive table where there is none.',
     do(TABLE, room=256, name=b'rec-rows', flags=QUERY_INACTIVE))
keep('deps', 'TABLE_DEPS.', do(DEPS, room=256, name=b'rec-rows'))
keep('deps-full', 'TABLE_DEPS that did not fit.', do(DEPS, room=8, name=b'rec-rows'))
for name, uuid in ((b'rec-plain', b''), (b'rec-' + b'n' * 123, b'TEST-' + b'u' * 123),
                   (b'rec odd \xff\n\\', b'TEST-odd')):
    do(CREATE, name=name, uuid=uuid)
do(LOAD, name=b'rec-plain', **rows((0, 8, b'zero', b'')))
do(SUSPEND_CMD, name=b'rec-plain')
keep('deps-none', 'TABLE_DEPS of a table that stands on no device.',
     do(DEPS, room=64, name=b'rec-plain'))
keep('list', 'LIST_DEVICES: names and event numbers.', do(LIST, room=1024, name=b'rec'))
keep('list-uuid', 'LIST_DEVICES with DM_UUID_FLAG.', do(LIST, room=1024, name=b'rec', flags=UUID))
keep('list-full', 'LIST_DEVICES that did not fit.', do(LIST, room=64, name=b'rec'))
keep('versions', 'LIST_VERSIONS.', do(VERSIONS, room=2048))
keep('target-version', 'GET_TARGET_VERSION.', do(TARGET_VERSION, room=128, name=b'striped'))
keep('message', 'TARGET_MSG with a text: the id of a statistics area.',
     message(b'rec-rows', b'@stats_create - /2 recorder aux'))
keep('message-lines', 'TARGET_MSG with a text of one line.', message(b'rec-rows', b'@stats_list'))
keep('message-full', 'TARGET_MSG whose text did not fit (it was executed all the same).',
     message(b'rec-rows', b'@stats_list', room=20))
keep('message-none', 'TARGET_MSG without a text.', message(b'rec-rows', b'@stats_delete 0'))
keep('error-message', 'TARGET_MSG that the target refuses, EINVAL: only the version is written.',
     ask(MESSAGE, number('Q', 0, 'sector') + text(b'no such message', 'message'), 64,
         name=b'rec-rows')[0])
keep('geometry', 'DEV_SET_GEOMETRY: the kernel writes nothing but the version.',
     do(GEOMETRY, text(b'1 2 3 4', 'geometry'), name=b'rec-rows'))
keep('rename', 'DEV_RENAME: the old name comes back, no uuid.',
     do(RENAME, text(b'rec-new', 'new name'), name=b'rec-rows', event=0x00400000))
keep('wait', 'DEV_WAIT with an event number that has passed: TABLE_STATUS at once.',
     do(WAIT, room=512, name=b'rec-new', event=99))
keep('rename-uuid', 'DEV_RENAME with DM_UUID_FLAG.',
     do(RENAME, text(b'TEST-late', 'uuid'), name=b'rec-plain', flags=UUID))
keep('arm-poll', 'DEV_ARM_POLL.', do(ARM_POLL))
do(LOAD, name=b'rec-new', **rows((0, 8, b'zero', b'')))
keep('clear', 'TABLE_CLEAR.', do(CLEAR, name=b'rec-new'))
keep('secure-load', 'TABLE_LOAD with DM_SECURE_DATA: the payload comes back zero.',
     do(LOAD, name=b'rec-new', flags=SECURE, **rows((0, 8, b'linear', one + b' 8'))))
refused, error = ask(LOAD, name=b'rec-new', flags=SECURE, **rows((0, 8, b'linear', b'nonsense')))
assert error
keep('error-secure',
     f'TABLE_LOAD with DM_SECURE_DATA that failed, {errno.errorcode[error]}: all zero.', refused)
keep('remove', 'DEV_REMOVE with a cookie.', do(REMOVE, name=b'rec-new', event=0x0040beef))
for name in b'rec-plain', b'rec-' + b'n' * 123, b'rec odd \xff\n\\':
    do(REMOVE, name=name)
keep('remove-all', 'REMOVE_ALL: the kernel writes nothing but the version.', do(REMOVE_ALL))
keep('remove-all-secure',
     'REMOVE_ALL with DM_SECURE_DATA: the user\'s header is wiped and nothing is copied back.',
     do(REMOVE_ALL, flags=SECURE))
for path, _, backing in loops:
    subprocess.run(['losetup', '-d', path], check=True)
