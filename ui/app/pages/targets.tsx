import { useState, type ChangeEvent } from "react";
import { get, Problem, query, upload } from "../api";
import { bytes } from "../format";
import { Empty, Fact, Guest, Pager, Show, Table, Time, Title, Trouble } from "../parts";
import { useResource } from "../resource";
import { go, Link, useAddress } from "../router";
import type { Page, Target, TargetCheck } from "../types";

const words = (value: unknown): string => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value));

const CHECKS = { QUEUED: "is being checked", RUNNING: "is being checked", COMPLETED: "checked", ERROR: "its check failed" };
const SERVICES = { EXACT: "yes", INEXACT: "not exact to the instruction", SERVED: "yes; not known whether exact to the instruction", NOT_SERVED: "no", UNDECIDED: "not known" };
const VERDICTS = { YES: "yes", NO: "no", UNDECIDED: "not known" };

/** What the guest serves of the guest protocol. */
function Check({ check }: { check: TargetCheck }) {
  const { found } = check;
  if (!found) {
    return <p>{check.state === "ERROR" ? <>The check failed, so nothing is known: <Guest text={check.message ?? ""} /></> : <>A worker checks it; jobs wait for that.{check.message && <> Attempt {check.attempt}, after <Guest text={check.message} /></>}</>}</p>;
  }
  const rows: [string, string, string][] = [
    ...Object.entries(found.keys).map(([key, { service, note }]): [string, string, string] => [key, SERVICES[service], note]),
    ["stops after a failure", VERDICTS[found.stopsAfterFailure.verdict], found.stopsAfterFailure.note],
    ["repeats", VERDICTS[found.repeats.verdict], found.repeats.note],
    ["replays", VERDICTS[found.replays.verdict], found.replays.note],
    ["timer period", found.timerPeriod ?? "not known", found.timer],
  ];
  return (
    <Table label="What the guest supports" head={<><th>Key</th><th>Supported</th><th>Why</th></>}>
      {rows.map(([key, served, why]) => <tr key={key}><td><code>{key}</code></td><td>{served}</td><td className="wrap"><Guest text={why} /></td></tr>)}
    </Table>
  );
}

function One({ id }: { id: string }) {
  const target = useResource(id, (signal) => get<Target>(`/targets/${id}`, signal));
  return (
    <Show of={target}>
      {(t) => (
        <>
          <Title name={t.name}><Link className="button" href={`/submit${query({ target: t.id })}`}>Submit a job</Link></Title>
          <dl className="facts">
            <Fact name="Id"><code>{t.id}</code></Fact>
            <Fact name="Uploaded"><Time at={t.createdAt} /></Fact>
            {[...Object.entries(t.manifest.machine), ...Object.entries(t.manifest.test)]
              .filter(([, value]) => value !== null && value !== "" && words(value) !== "[]")
              .map(([name, value]) => <Fact key={name} name={name}>{words(value)}</Fact>)}
          </dl>
          <h2>What the guest supports</h2>
          {t.check ? <Check check={t.check} /> : <p className="quiet">Not checked. <code>./bohrwerk target add DIR</code> has a worker check it.</p>}
          <h2>Files</h2>
          <Table label="Files" head={<><th>File</th><th className="n">Size</th><th>SHA-256</th></>}>
            {t.files.map((file) => (
              <tr key={file.name}><td><a href={file.url}>{file.name}</a></td><td className="n">{bytes(file.size)}</td><td><code>{file.digest}</code></td></tr>
            ))}
          </Table>
        </>
      )}
    </Show>
  );
}

function List() {
  const cursor = useAddress().searchParams.get("cursor");
  const path = `/targets${query({ cursor, limit: 50 })}`;
  const list = useResource(path, (signal) => get<Page<Target>>(path, signal), 10_000);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (event: ChangeEvent<HTMLInputElement>) => {
    const files = event.target.files;
    if (!files?.length) return;
    setBusy(true);
    try {
      const target = await upload<Target>("/targets", files);
      go(`/targets/${target.id}`);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, String(e)));
      setBusy(false);
    }
  };
  return (
    <>
      <Title name="Targets">
        <label className="button upload">
          {busy ? "Uploading" : "Upload"}
          <input type="file" multiple disabled={busy} aria-label="Upload a target: target.yaml and the files that it names" onChange={(event) => void send(event)} />
        </label>
      </Title>
      {problem && <Trouble problem={problem} />}
      <Show of={list}>
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty>
              No target. Upload a <code>target.yaml</code> together with the files that it names, or from a shell:{" "}
              <code>./bohrwerk target add DIR</code>. <code>./bohrwerk target build linux-breakpoint --add</code> builds one from Debian's kernel.
            </Empty>
          ) : (
            <>
              <Table label="Targets" head={<><th>Target</th><th>Id</th><th>Machine</th><th className="n">Size</th><th>Check</th><th>Uploaded</th></>}>
                {items.map((target) => (
                  <tr key={target.id}>
                    <td className="name"><Link href={`/targets/${target.id}`}>{target.name}</Link></td>
                    <td><code>{target.id.slice(0, 12)}</code></td>
                    <td>{words(target.manifest.machine.arch).toLowerCase()}, {words(target.manifest.machine.memory)}</td>
                    <td className="n">{bytes(target.size)}</td>
                    <td>{target.check ? CHECKS[target.check.state] : <span className="quiet">none</span>}</td>
                    <td><Time at={target.createdAt} /></td>
                  </tr>
                ))}
              </Table>
              <Pager next={next} cursor={cursor} />
            </>
          )
        }
      </Show>
    </>
  );
}

export const Targets = ({ id }: { id: string | null }) => (id ? <One id={id} /> : <List />);
