// The Node subject: node fetch.mjs BASE_URL CONCURRENCY. Speaks the protocol of SubjectHost.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [models, concurrency] = [`${process.argv[2]}/models`, Number(process.argv[3])];

const memory = (name) => Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);

const report = (figures) =>
  console.log(JSON.stringify({ ...figures, PeakKiB: memory('VmHWM'), ResidentKiB: memory('VmRSS') }));

async function check(number) {
  const key = `sk-bench-${String(number).padStart(7, '0')}-made-up-for-a-benchmark`;
  const answer = await fetch(models, { headers: { authorization: `Bearer ${key}` } });
  await answer.arrayBuffer();
  return answer.ok ? 1 : 0;
}

async function round(keys) {
  let next = 0;
  let accepted = 0;
  const work = async () => {
    while (next < keys) {
      const answer = await check(++next);
      accepted += answer;
    }
  };
  writeFileSync('/proc/self/clear_refs', '5');
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const used = process.cpuUsage(cpu);
  return { Keys: keys, Accepted: accepted, Seconds: seconds, CpuSeconds: (used.user + used.system) / 1e6 };
}

report({ Keys: 0, Accepted: 0, Seconds: 0, CpuSeconds: 0 });
for await (const line of createInterface({ input: process.stdin })) {
  report(await round(Number(line)));
}
