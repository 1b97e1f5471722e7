"""The packets of <linux/dm-ioctl.h> in Python's own words, and the annotated hex files they are
kept in.

Written from the kernel's header and dm-ioctl.c, not from devmap: the golden data must not know the
code it judges. A file is a sequence of words: `0011ff` are bytes, `00*119` is one byte so many
times, `# ...` is a remark up to the line's end.
"""
import struct

ORDER = '<'  # of the bytes in a number: construct.py --big-endian sets '>'
HEADER = 312  # sizeof(struct dm_ioctl)
NONE = 305  # offsetof(struct dm_ioctl, data): data_size of a reply without a payload

READONLY, SUSPEND, PERSISTENT, STATUS_TABLE, ACTIVE, INACTIVE = 1, 2, 8, 16, 32, 64
BUFFER_FULL, SKIP_LOCKFS, NOFLUSH = 1 << 8, 1 << 10, 1 << 11
QUERY_INACTIVE, UEVENT, UUID = 1 << 12, 1 << 13, 1 << 14
SECURE, DATA_OUT, DEFERRED, INTERNAL_SUSPEND, IMA = 1 << 15, 1 << 16, 1 << 17, 1 << 18, 1 << 19

HEADER_FIELDS = [  # offset, format, name
    (0, '3I', 'version'), (12, 'I', 'data_size'), (16, 'I', 'data_start'),
    (20, 'I', 'target_count'), (24, 'i', 'open_count'), (28, 'I', 'flags'),
    (32, 'I', 'event_nr'), (36, 'I', 'padding'), (40, 'Q', 'dev'),
    (48, '128s', 'name'), (176, '129s', 'uuid'), (305, '7s', 'data'),
]


def device(major, minor):
    """huge_encode_dev"""
    return minor & 0xff | major << 8 | (minor & ~0xff) << 12


def header(version=(4, 0, 0), size=HEADER, start=HEADER, count=0, opened=0, flags=0, event=0, dev=0,
           name=b'', uuid=b''):
    values = [version, (size,), (start,), (count,), (opened,), (flags,), (event,), (0,), (dev,),
              (name,), (uuid,), (b'',)]
    fields = []
    for (offset, layout, label), value in zip(HEADER_FIELDS, values):
        assert sum(len(b) for b, _ in fields) == offset
        shown = {'flags': hex(flags), 'dev': hex(dev)}.get(label, ' '.join(map(str, value)))
        fields.append((struct.pack(ORDER + layout, *value), f'{offset} {label}: {shown}'))
    return fields


def text(value, label):
    return [(value + b'\0', f'{label}: {value!r}')]


def number(layout, value, label):
    return [(struct.pack(ORDER + layout, value), f'{label}: {value}')]


def pad(fields, to=8, fill=b'\0'):
    """Fills up to the next multiple of `to`."""
    rest = -sum(len(b) for b, _ in fields) % to
    return fields + ([(fill * rest, 'padding')] if rest else [])


def spec(start, length, following, kind):
    """struct dm_target_spec"""
    return (number('Q', start, 'sector_start') + number('Q', length, 'length') +
            number('i', 0, 'status') + number('I', following, 'next') +
            [(struct.pack('16s', kind), f'target_type: {kind!r}')])


def size_of(fields):
    return sum(len(b) for b, _ in fields)


def join(fields):
    return b''.join(b for b, _ in fields)


def header_fields(packet):
    """The annotated header of a packet that somebody else made."""
    fields = []
    for offset, layout, label in HEADER_FIELDS:
        raw = bytes(packet[offset:offset + struct.calcsize(ORDER + layout)])
        if layout.endswith('s'):
            shown = repr(raw.split(b'\0')[0])
        else:
            value = struct.unpack(ORDER + layout, raw)
            shown = hex(value[0]) if label in ('flags', 'dev') else ' '.join(map(str, value))
        fields.append((raw, f'{offset} {label}: {shown}'))
    return fields


def payload_fields(packet, offset, step=16):
    """What follows a header, in lines of `step` bytes."""
    fields = []
    packet = bytes(packet)
    while offset < len(packet):
        zeros = len(packet) - offset - len(packet[offset:].lstrip(b'\0'))
        if zeros >= step:
            fields.append((packet[offset:offset + zeros], f'{offset}'))
            offset += zeros
            continue
        raw = packet[offset:offset + step]
        fields.append((raw, f'{offset} ' + ''.join(chr(b) if 32 < b < 127 else '.' for b in raw)))
        offset += len(raw)
    return fields


def words(raw):
    """Hex, long runs of one byte folded."""
    out, i = [], 0
    while i < len(raw):
        run = 1
        while i + run < len(raw) and raw[i + run] == raw[i]:
            run += 1
        if run > 8:
            out.append(f'{raw[i]:02x}*{run}')
            i += run
            continue
        j = i
        while j < len(raw) and j - i < 32 and raw[j:j + 9] != raw[j:j + 1] * 9:
            j += 1
        out.append(raw[i:j].hex())
        i = j
    return ' '.join(out)


def write(folder, name, remark, fields):
    with open(f'{folder}/{name}.hex', 'w', encoding='ascii') as out:
        out.write(''.join(f'# {line}\n' for line in remark.strip().split('\n')))
        for raw, comment in fields:
            out.write(f'{words(raw):<40} # {comment}\n')
