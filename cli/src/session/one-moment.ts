import {
  type EnvironmentPorts,
  type ObjectStore,
  type ServiceRuntime,
  type Sha,
  type SourceControl,
  storeApprovals,
  type Target,
  type WebHost,
} from "@slipway/pipeline";
import type { Session } from "../session.ts";

/**
 * The session for one look around: what several of its parts ask for is asked once, so they agree with each other. For
 * looking alone: what is written meanwhile is not seen, so the next look is another one.
 */
export function atOneMoment(session: Session): Session {
  const store = storeAskedOnce(session.store);
  return {
    ...session,
    store,
    approvals: storeApprovals(store),
    source: sourceAskedOnce(session.source),
    connect: once(async (target: Target) => portsAskedOnce(await session.connect(target))),
  };
}

const storeAskedOnce = (store: ObjectStore): ObjectStore => ({
  address: store.address,
  get: once((key) => store.get(key)),
  list: once((prefix, after) => store.list(prefix, after)),
  putIfAbsent: (key, body) => store.putIfAbsent(key, body),
  putIfMatch: (key, body, etag) => store.putIfMatch(key, body, etag),
  deleteIfMatch: (key, write) => store.deleteIfMatch(key, write),
});

/** As many commits as the longest question is for: a shorter one is answered from the same list. */
const mostCommits = 1000;

function sourceAskedOnce(source: SourceControl): SourceControl {
  const between = once((from: Sha, to: Sha, limit: number) => source.between(from, to, limit));
  return {
    relation: once((from, to) => source.relation(from, to)),
    onBranch: once((sha, branch) => source.onBranch(sha, branch)),
    between: async (from, to, limit) => (await between(from, to, Math.max(limit, mostCommits)))?.slice(-limit) ?? null,
  };
}

/** What tells how an environment stands; its other ports are not asked by who only looks, or only once. */
const portsAskedOnce = (ports: EnvironmentPorts): EnvironmentPorts => ({
  ...ports,
  services: servicesAskedOnce(ports.services),
  web: webAskedOnce(ports.web),
});

const servicesAskedOnce = (services: ServiceRuntime): ServiceRuntime => ({
  pollMilliseconds: services.pollMilliseconds,
  inspect: once((service) => services.inspect(service)),
  prepare: (...order) => services.prepare(...order),
  roll: (...order) => services.roll(...order),
  stop: (...order) => services.stop(...order),
  retire: (...order) => services.retire(...order),
});

const webAskedOnce = (web: WebHost): WebHost => ({
  pollMilliseconds: web.pollMilliseconds,
  readLive: once(() => web.readLive()),
  missing: (files) => web.missing(files),
  addAssets: (...order) => web.addAssets(...order),
  raiseFence: (permit) => web.raiseFence(permit),
  switchTo: (...order) => web.switchTo(...order),
  invalidate: (...order) => web.invalidate(...order),
  isInvalidated: (key) => web.isInvalidated(key),
});

/** A failure is an answer too: it stays one for this moment. */
function once<Question extends readonly unknown[], Answer>(
  ask: (...question: Question) => Promise<Answer>,
): (...question: Question) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...question) => {
    const name = JSON.stringify(question);
    const answer = answers.get(name) ?? ask(...question);
    answers.set(name, answer);
    return answer;
  };
}
