import { STRATEGIES, type Choice } from "./submission";

/** The fields of a strategy. @param wrong the field that the server refused, as strategy.shifts */
export function ChoiceFields({ choice, set, wrong }: { choice: Choice; set: (choice: Choice) => void; wrong?: string | null }) {
  const known = STRATEGIES.find(({ kind }) => kind === choice.kind);
  return (
    <>
      <label className={wrong === "strategy" || wrong === "strategy.kind" ? "wrong" : undefined}>
        <span>Strategy</span>
        <select name="kind" value={choice.kind} onChange={(event) => set({ kind: event.target.value, options: choice.options, other: "" })}>
          {STRATEGIES.map(({ kind, words }) => <option key={kind} value={kind}>{kind}: {words}</option>)}
          {!known && <option value={choice.kind}>{choice.kind}, from the earlier job</option>}
        </select>
        <small>how schedules are chosen</small>
      </label>
      {!choice.other && known && (
        <div className="fields">
          {known.options.map(({ name, label, hint, placeholder }) => (
            <label key={name} className={wrong?.endsWith(`strategy.${name}`) ? "wrong" : undefined}>
              <span>{label}</span>
              <input name={name} value={choice.options[name] ?? ""} placeholder={placeholder} onChange={(event) => set({ ...choice, options: { ...choice.options, [name]: event.target.value } })} />
              <small>{hint}</small>
            </label>
          ))}
        </div>
      )}
    </>
  );
}
