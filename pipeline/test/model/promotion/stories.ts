import type { Command, Story } from "./story.ts";
import { Release } from "./words.ts";

const { Z, A, B, C } = Release;
const promote = (release: number, more: Partial<Command> = {}): Command => ({ kind: "promote", release, ...more });
const rollback = (release: number): Command => ({ kind: "rollback", release });

/** The 15 stories on which the protocol was found: one crash and one late request each, and what they name beside that. */
export const stories = {
  resume: { commands: [promote(B), promote(B)], last: promote(B) },
  overtaken: { commands: [promote(B), promote(C)], last: promote(C) },
  "promotion against rollback": { commands: [promote(B), rollback(Z)], last: rollback(Z) },
  "sick release, resumed": { commands: [promote(B), promote(B)], last: promote(B), mishaps: { unhealthy: 1 } },
  "sick release that cannot go back": {
    commands: [promote(B), rollback(A)],
    last: promote(B),
    breaks: [1, 1, 0, 0],
    forwardOnly: 1,
    mayEndPartial: true,
    mishaps: { unhealthy: 1 },
  },
  "contract after half a promotion": { commands: [promote(B), promote(C)], last: promote(B), breaks: [2, 2, 0, 0] },
  operator: { commands: [promote(B), promote(C)], last: promote(C), mishaps: { breaks: 1 } },
  "interrupted while waiting": { commands: [promote(B), promote(C)], last: promote(C), mishaps: { aborts: 1 } },
  freeze: { commands: [promote(B)], last: promote(B), mishaps: { freezes: 1 } },
  "runner dies": { commands: [promote(C), promote(C)], last: promote(C), mishaps: { migrationFaults: 1 } },
  "rollback, then forward": { commands: [rollback(Z), promote(B)], last: promote(B) },
  "fix forward": {
    commands: [promote(B)],
    last: promote(C),
    breaks: [1, 1, 0, 0],
    forwardOnly: 1,
    mishaps: { unhealthy: 1 },
    lastIsHealthy: true,
  },
  "lost task": { commands: [promote(B), rollback(Z)], last: promote(B), mishaps: { lostTasks: 1 } },
  "going back fails too": {
    commands: [promote(B), promote(B, { after: 0, isReliable: true })],
    last: promote(B),
    mishaps: { unhealthy: 1 },
    baselineIsSick: true,
    lastIsHealthy: true,
  },
  "contract against rollback": { commands: [promote(B), rollback(Z)], last: rollback(A), breaks: [1, 0, 0, 0] },
} as const satisfies Record<string, Story>;
export type StoryName = keyof typeof stories;

export const smallStories: ReadonlySet<string> = new Set<StoryName>([
  "freeze",
  "fix forward",
  "going back fails too",
  "contract after half a promotion",
]);

const worse = (story: Story, mishaps: Story["mishaps"]): Story => ({
  ...story,
  mishaps: { ...story.mishaps, ...mishaps },
});
const three = (first: Command, second: Command, third: Command): readonly Command[] => [first, second, third];
const twice = { crashes: 2, delays: 2 };

/** What was explored once to be sure, up to 45 million states each; minutes and gigabytes. */
export const deepStories: Readonly<Record<string, Story>> = {
  "resume, twice as bad": worse(stories.resume, twice),
  "overtaken, twice as bad": worse(stories.overtaken, twice),
  "promotion against rollback, twice as bad": worse(stories["promotion against rollback"], twice),
  "contract against rollback, twice as bad": worse(stories["contract against rollback"], twice),
  "sick release that cannot go back, twice as bad": worse(stories["sick release that cannot go back"], twice),
  "contract after half a promotion, twice as bad": worse(stories["contract after half a promotion"], twice),
  "rollback, then forward, twice as bad": worse(stories["rollback, then forward"], twice),
  "sick release, resumed, two crashes": worse(stories["sick release, resumed"], { crashes: 2 }),
  "operator, two crashes, two breaks": worse(stories.operator, { crashes: 2, breaks: 2 }),
  "runner dies, two crashes": worse(stories["runner dies"], { crashes: 2 }),
  "three runs": { commands: three(promote(B), promote(C), rollback(Z)), last: promote(C), mishaps: { delays: 0 } },
  "three runs, sick release": {
    commands: three(promote(B), promote(B), rollback(A)),
    last: promote(B),
    mishaps: { delays: 0, unhealthy: 1 },
  },
  "three runs, contract": {
    commands: three(promote(B), rollback(Z), promote(C)),
    last: rollback(A),
    breaks: [1, 0, 0, 0],
    mishaps: { delays: 0 },
  },
  "three runs, contract, a late request": {
    commands: three(promote(B), rollback(Z), promote(C)),
    last: rollback(A),
    breaks: [1, 0, 0, 0],
  },
  "resume, S = 2": { ...stories.resume, staleTicks: 2 },
  "resume, L = 2": { ...stories.resume, requestTicks: 2 },
  "promotion against rollback, S = 2": { ...stories["promotion against rollback"], staleTicks: 2 },
  "promotion against rollback, L = 2": { ...stories["promotion against rollback"], requestTicks: 2 },
};
