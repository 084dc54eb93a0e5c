import { NO_SETTING, PROCESSORS, type SettingChoice } from "./submission";
import type { Target } from "./types";

/** What is to be other than usual in the machines. @param wrong the field that the server refused, as setting.timerHz */
export function SettingFields({ setting, set, target, wrong }: { setting: SettingChoice; set: (setting: SettingChoice) => void; target?: Target | undefined; wrong?: string | null | undefined }) {
  const field = (name: "cpu" | "extra" | "extraWindow" | "timerHz" | "emulator", label: string, hint: string, refused: string) => (
    <label className={wrong?.includes(`setting.${refused}`) ? "wrong" : undefined}>
      <span>{label}</span>
      <input name={name} list={name === "cpu" ? "processors" : undefined} value={setting[name]} onChange={(event) => set({ ...setting, [name]: event.target.value })} />
      <small>{hint}</small>
    </label>
  );
  const manifest = target?.manifest;
  const hz = manifest?.machine.timerHz as [number, number] | undefined;
  return (
    <details className="setting" open={Object.entries(setting).some(([name, value]) => value !== NO_SETTING[name as keyof SettingChoice])}>
      <summary>Machine settings</summary>
      <datalist id="processors">{PROCESSORS.map((name) => <option key={name} value={name} />)}</datalist>
      <div className="fields">
        {field("cpu", "Processor", "such as core2duo; empty: the target's", "cpu")}
        {field("extra", "Extra interrupt", manifest && !manifest.test.extraInterrupt ? "this target's agent does not support it" : "instructions after the test begins; empty: none", "extra")}
        {field("extraWindow", "drawn from", "window of so many instructions; empty: always at that one", "extra.window")}
        {field("timerHz", "Timer frequency, Hz", manifest && !hz ? "this target's timer frequency cannot be set" : `${hz ? `${hz[0]} to ${hz[1]}; ` : ""}empty: the target's`, "timerHz")}
        {field("emulator", "QEMU release", "such as 10.0, if a worker has it; empty: any", "emulator")}
      </div>
      <label className="check">
        <input type="checkbox" checked={setting.logging} onChange={(event) => set({ ...setting, logging: event.target.checked })} />
        Emulator logging <small>logs each interrupt and discards it: shows what logging costs</small>
      </label>
      <label className="check">
        <input type="checkbox" checked={setting.free} onChange={(event) => set({ ...setting, free: event.target.checked })} />
        icount off <small>plain QEMU: failures are counted but cannot be replayed</small>
      </label>
    </details>
  );
}
