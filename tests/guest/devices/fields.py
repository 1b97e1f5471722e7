"""fields.py table|status < JSON LINES: says of each line that is not JSON or lacks `fields`:
NAME<tab>PROBLEM."""
import json
import sys

for line in sys.stdin:
    row = json.loads(line)
    if not isinstance(row.get("fields"), dict):
        print(row["name"], "no fields in JSON of its " + sys.argv[1] + ": " + line.strip(),
              sep="\t")
