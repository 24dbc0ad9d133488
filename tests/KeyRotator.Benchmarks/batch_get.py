"""Reads secrets by BatchGetSecretValue with boto3: a line with a number of keys gets a line with figures."""
import json
import sys
import time

import boto3
from botocore.config import Config

BATCH = 20


def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name))


def report(**figures):
    print(json.dumps({**figures, "PeakKiB": status("VmHWM:"), "ResidentKiB": status("VmRSS:")}), flush=True)


client = boto3.client(
    "secretsmanager",
    endpoint_url=sys.argv[1],
    region_name="eu-central-1",
    aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="made-up-for-a-benchmark",
    config=Config(retries={"max_attempts": 0}),
)
report()
for line in sys.stdin:
    keys = int(line)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    accepted, cpu, started = 0, time.process_time(), time.perf_counter()
    for first in range(1, keys + 1, BATCH):
        names = [f"key-{number:07d}" for number in range(first, min(first + BATCH, keys + 1))]
        answer = client.batch_get_secret_value(SecretIdList=names)
        accepted += sum(value["SecretString"].startswith("sk-bench-") for value in answer["SecretValues"])
    report(Keys=keys, Accepted=accepted, Seconds=time.perf_counter() - started, CpuSeconds=time.process_time() - cpu)
