"""Compares the event files of a run with results.csv, as TensorBoard itself reads and shows them.

    python3 -m venv venv && venv/bin/pip install tensorboard
    venv/bin/python bench/check_tensorboard.py results/NAME/latest

The run needs `loggers: [{ type: tensorboard }]`.
"""
import csv, json, sys, time, urllib.request
from tensorboard import program, version
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = sys.argv[1]
rows = list(csv.DictReader(open(f"{run}/results.csv")))
differences = 0
for row in rows:
    events = EventAccumulator(f"{run}/tensorboard/{row['trial']}")
    events.Reload()
    tags = events.Tags()["scalars"]
    for tag in tags:
        shown, expected = events.Scalars(tag)[-1].value, float(row[tag.replace("/", ".")])
        if abs(shown - expected) > 1e-6 * max(1, abs(expected)):
            differences += 1
            print(f"trial {row['trial']}, {tag}: TensorBoard reads {shown}, results.csv has {expected}")
print(f"TensorBoard {version.VERSION}: {len(rows)} trials, tags {', '.join(tags)}, {differences} differences")

board = program.TensorBoard()
board.configure(argv=[None, "--logdir", f"{run}/tensorboard", "--port", "0", "--load_fast", "false"])
url = board.launch()

def ask(path, content=None):
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))

for _ in range(60):
    runs = ask("data/runs")
    if len(runs) == len(rows):
        break
    time.sleep(1)
names = [info["name"] for info in ask("data/plugin/hparams/experiment", {"experimentName": ""})["hparamInfos"]]
statuses = ["STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING", "STATUS_UNKNOWN"]
columns = [{"hparam": name} for name in names]
query = dict(experimentName="", allowedStatuses=statuses, colParams=columns, startIndex=0, sliceSize=1000)
groups = ask("data/plugin/hparams/session_groups", query)["sessionGroups"]
sessions = [session for group in groups for session in group["sessions"]]
succeeded = sum(session["status"] == "STATUS_SUCCESS" for session in sessions)
print(f"its server shows {len(runs)} runs; hyperparameters {', '.join(names)}")
print(f"{len(groups)} groups of {len(sessions)} runs, {succeeded} completed")
sys.exit(0 if differences == 0 and len(runs) == len(rows) else 1)
