// What the API answers, as far as the pages read it. See /openapi.
export type Page<T> = { items: T[]; next: string | null };
/** Without an interval where the iterations are no random sample. */
export type Rate = { perIteration: number; low: number | null; high: number | null };
export type JobState = "QUEUED" | "RUNNING" | "COMPLETED" | "CANCELLED" | "ERROR";
export type Strategy = { kind: string; [option: string]: unknown };
/** What is other than usual in the machines. */
export type Setting = {
  cpu?: string;
  extra?: { offset: number | string; window?: number | string; seed?: number };
  timerHz?: number | string;
  logging?: boolean;
  icount?: boolean;
  emulator?: string;
};
export type Job = {
  id: string;
  name: string;
  state: JobState;
  stopReason: string | null;
  message: string | null;
  target: string;
  targetName: string;
  strategy: Strategy;
  /** Null, or absent in answers of an older server, for nothing other than usual. */
  setting?: Setting | null;
  budget: { iterations: number; wallTime: string | null };
  stop: { failures: number; whenRateBelow: { rate: number; confidence: number } | null };
  iterationsPerBatch: number;
  reportEvery: number;
  /** Whether the job finds the size of its batches out. */
  findsBatchSize: boolean;
  /** Of its iterations and failures, those that came in after its end. Absent in answers of an older server. */
  beyondStopRule?: { iterations: number; failures: number } | null;
  keepCheckpoints: boolean;
  iterations: number;
  iterationsRunning: number;
  failures: number;
  failureRate: Rate;
  rateMeaning: string;
  rateUnderRandom: Rate | null;
  nextFailure: { iterations: number; iterationsLow: number; iterationsHigh: number; seconds: number | null } | null;
  coverage: { covered: number; of: number } | null;
  isItFixed: FixAnswer | null;
  comparison: string | null;
  batches: { queued: number; completed: number; lost: number };
  infrastructureTroubles: number;
  machines: number;
  /** Absent in answers of an older server. */
  unexpectedPasses?: { subtest: string; batches: number; firstBatch: number; firstIteration: number }[];
  firstFailureId: string | null;
  secondsToFirstFailure: number | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  submittedBy: string | null;
  priority: "LOW" | "NORMAL" | "HIGH";
  /** Why nothing of it can run now. Absent in answers of an older server. */
  waitsFor?: string | null;
};
/** Who changed what. The status is null when the process died before it answered. */
export type Act = { at: string; act: string; subject: string | null; caller: string; callerId: string | null; address: string; detail: string | null; status: number | null };
export type Sample = { at: string; iterations: number; failures: number; failureRate: Rate };
export type Arm = {
  number: number;
  strategy: string;
  shift: number;
  delays: { from: number; to: number };
  batches: number;
  iterations: number;
  failures: number;
  failureRate: Rate;
  rateMeaning: string;
  posterior: { alpha: number; beta: number; mean: number; low: number; high: number } | null;
};
export type Coverage = {
  shifts: {
    shift: number;
    state: string;
    message: string | null;
    iterations: number;
    run: number;
    checked: boolean | null;
    /** Absent in answers of an older server. */
    exact?: number | null;
    instructions: number;
    blind: number;
    places: number;
    tried: number;
    symbols: { symbol: string; places: number; trapPlaces: number; tried: number }[];
  }[];
  failures: { failureId: string; shift: number; delay: number; pc: string | null; symbol: string | null; kind: string | null }[];
};
export type JobCrash = Crash & { failuresInJob: number; rateInJob: Rate };
export type Side = {
  job: string;
  state: JobState;
  message: string | null;
  target: string;
  strategy: Strategy;
  setting?: Setting | null;
  iterations: number;
  failures: number;
  failureRate: Rate;
  rateMeaning: string;
  infrastructureTroubles: number;
};
export type Comparison = {
  id: string;
  job: string;
  verdict: "DIFFERENT" | "NO_DIFFERENCE_SEEN" | "UNDECIDED";
  confidence: number;
  pValue: number;
  ratio: number | null;
  ratioLow: number;
  ratioHigh: number | null;
  first: Side;
  second: Side;
  /** The same schedules on two releases of QEMU; null where the sides differ in something else. */
  emulators: {
    first: string | null; second: string | null; verdict: string; meaning: string;
    schedules: { ran: number; failedOnBoth: number; failedOnFirst: number; failedOnSecond: number };
  } | null;
  createdAt: string;
};
export type InfrastructureTrouble = { jobId: string; batchId: string; attempt: number; kind: string; message: string; workerId: string | null; at: string };
export type FixAnswer = {
  job: string;
  verdict: "NOT_FIXED" | "NO_FAILURE_AT_CONFIDENCE" | "UNDECIDED";
  confidence: number;
  confidenceReached: number | null;
  iterationsNeeded: number;
};
export type Schedule = { shift: number; delay: number; stride: number; window: number; seed: number; align: string; slices?: number[]; setting?: Setting | null };
export type Batch = {
  id: string;
  number: number;
  attempt: number;
  state: string;
  schedule: Schedule;
  iterations: number;
  iterationsRun: number | null;
  instructions: number | null;
  workerId: string | null;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};
export type CrashState = "OPEN" | "FIXED" | "INVALID" | "DUPLICATE";
export type Crash = {
  id: string;
  title: string;
  signature: string | null;
  signatures: string[];
  outcome: string;
  state: CrashState;
  duplicateOf: string | null;
  merged: boolean;
  bin: boolean;
  fixed: FixJob | null;
  frames: string[];
  failures: number;
  verified: number;
  targets: { id: string; name: string }[];
  failuresSampled: number;
  iterations: number;
  failureRate: Rate;
  firstSeen: string;
  lastSeen: string;
  /** Absent in answers of an older server. */
  latestFailureId?: string | null;
};
/** A job that asks whether something is fixed, and what it says by now. */
export type FixJob = { job: string; name: string; verdict: string; failures: number; iterations: number; needed: number };
export type Change = { kind: string; before: string; after: string; note: string; at: string };
export type Artifact = { kind: string; fileName: string; size: number; digest: string; url: string };
export type Failure = {
  id: string;
  jobId: string;
  batchId: string;
  crashId: string;
  attempt: number;
  workerId: string;
  iteration: number;
  /** Instructions that the agent waited before it. Absent in answers of an older server. */
  delay?: number | null;
  extraInterrupt?: number | null;
  outcome: string;
  reason: string;
  instructionCount: number;
  report: string;
  replay: "VERIFIED" | "DIVERGED" | "NOT_REPLAYED";
  replayNote: string;
  /** Whether its job had ended when it was reported. Absent in answers of an older server. */
  beyondStopRule?: boolean;
  note?: string | null;
  /** Absent in answers of an older server. */
  subtests?: { passed: number; failed: number; expected: number; skipped: number } | null;
  coordinates: {
    target: string;
    snapshot: string;
    emulator: string;
    machineOptions: string;
    schedule: Schedule;
    iterations: number;
    reportEvery: number;
  };
  artifacts: Artifact[];
  occurredAt: string;
  title?: string | null;
  damage?: string | null;
  signature: string;
  frames: string[];
};
export type Target = {
  id: string;
  name: string;
  manifest: { machine: Record<string, unknown>; test: Record<string, unknown>; [field: string]: unknown };
  files: { name: string; size: number; digest: string; url: string }[];
  size: number;
  createdAt: string;
  check?: TargetCheck | null;
};
export type Finding = { service: "EXACT" | "INEXACT" | "SERVED" | "NOT_SERVED" | "UNDECIDED"; note: string };
export type CheckAnswer = { verdict: "YES" | "NO" | "UNDECIDED"; note: string };
export type TargetCheck = {
  state: "QUEUED" | "RUNNING" | "COMPLETED" | "ERROR";
  attempt: number;
  message: string | null;
  workerId: string | null;
  queuedAt: string;
  finishedAt: string | null;
  found: {
    emulator: string;
    checkedAt: string;
    keys: Record<string, Finding>;
    stopsAfterFailure: CheckAnswer;
    repeats: CheckAnswer;
    replays: CheckAnswer;
    declaredTimerPeriod: string;
    timerPeriod?: string | null;
    timer: string;
  } | null;
};
export type Running = { batchId: string; jobId: string; attempt: number; iterationsPassed: number };
export type Worker = {
  id: string;
  host: string;
  slots: number;
  emulator: string;
  alive: boolean;
  lastSeen: string;
  work: { kind: string; id: string; jobId?: string }[];
  running: Running[];
  /** Absent in answers of an older server. */
  replays?: { replayId: string; failureId: string; mode: string }[];
  traces?: { traceId: string; jobId: string | null }[];
  lastTrouble: string | null;
  /** Bytes of memory that a guest may have there. */
  largestGuest?: number | null;
  /** Why it begins nothing new. Absent in answers of an older server. */
  paused?: string | null;
};
export type Stats = {
  jobs: { queued: number; running: number; completed: number; cancelled: number; error: number };
  targets: number;
  crashes: number;
  failures: number;
  iterations: number;
  batchesInFlight: number;
  infrastructureTroubles: number;
  deadLetters: number;
  workers: { alive: number; slots: number; machines: number };
};
export type Replay = {
  id: string;
  state: string;
  mode: string;
  result: { verdict: string; difference: string; summary: string | null } | null;
  message: string | null;
  artifacts: Artifact[];
  createdAt: string;
  startedAt: string | null;
  /** While it is under way: machines that were run. Absent in answers of an older server. */
  runsDone?: number;
};
/** An interrupt or exception, by what the guest can see of it. */
export type Arrival = { vector: number; name: string; cause: string; cpl: number; ip: string; sp: string; symbol: string | null };
export type IterationSide = { nearness: string; schedule: Schedule; iteration: number; outcome: string; arrivals: number; inDelays: number; cut: boolean };
export type Divergence = {
  summary: string;
  failing: IterationSide;
  passing: IterationSide;
  sameBefore: number;
  rows: { failing: Arrival | null; passing: Arrival | null; same: boolean }[];
  first: number | null;
  firstOfGuest: number | null;
};
export type Adjacent = {
  summary: string;
  window: { schedule: Schedule; failsFrom: number; failsTo: number; places: { delay: number; fails: boolean; arrival: Arrival | null }[] } | null;
  runs: number;
  millis: number;
};
export type WhenPoint = { before: number; ip: string; symbol: string | null; runs: number; failures: number; others: number; rate: { perIteration: number; low: number; high: number } };
/** How likely a failure is from points further and further back, the farthest first. */
export type WhenCurve = { summary: string; iteration: number; period: number; points: WhenPoint[]; certainFrom: number | null; runs: number; millis: number; cut: boolean };
export type Replayed<T> = { replay: Replay; result: T | null };
export type Hour = { at: string; failures: number; crashes: number };
export type Health = { status: string; components?: Record<string, { status: string; details?: Record<string, unknown> }> };

export type LogEntry = {
  number: number;
  length: number;
  kind: string;
  iterationFrom: number | null;
  iterationTo: number | null;
  instruction: number | null;
  raw: string;
  text: string | null;
  vector: number | null;
  name: string | null;
  /** The system call's number, of an INT instruction. */
  call: number | null;
  errorCode: number | string | null;
  cpl: number | null;
  ip: string | number | null;
  sp: string | number | null;
  cr2: string | number | null;
  registers: Record<string, string | number> | null;
  debugRegisters: Record<string, string | number> | null;
  symbol: string | null;
  repeats: { entry: number; differs: string[] } | null;
};
export type LogPage = { entries: LogEntry[]; next: number | null; previous: number | null };
