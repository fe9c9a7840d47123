import * as ecs from "@aws-sdk/client-ecs";

/*
 * The published API model, as the SDK carries it: an operation is [9, namespace, name, traits, input, output], a structure [3, namespace, name, traits,
 * member names, member schemas], a list [1, …, of], a map [2, …, keys, values]; 64 and 128 added to a simple schema make a list and a map of it.
 */
const [mapKind, structureKind, operationKind] = [2, 3, 9];
const [listBit, mapBit] = [64, 128];
const simpleKinds: Readonly<Record<number, (value: unknown) => boolean>> = {
  0: (value) => typeof value === "string",
  1: (value) => typeof value === "number",
  2: (value) => typeof value === "boolean",
  4: (value) => value instanceof Date,
};

/** What an input or an answer has that the model has not, by its path; nothing where it fits. */
export function misfits(call: string, side: "input" | "output", value: object): readonly string[] {
  const operation: unknown = Reflect.get(ecs, `${call}$`);
  if (!(Array.isArray(operation) && operation[0] === operationKind)) return [`ECS has no ${call}`];
  return find(operation[side === "input" ? 4 : 5], value, call);
}

function find(schema: unknown, value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  if (typeof schema === "function") return find(schema(), value, path);
  if (typeof schema === "number") return findSimple(schema, value, path);
  if (!Array.isArray(schema)) return [`${path}: no schema`];
  // A reference with traits of its own.
  if (typeof schema[1] !== "string") return find(schema[0], value, path);
  if (schema[0] === structureKind) return findMember(schema[4], schema[5], value, path);
  return schema[0] === mapKind
    ? findEach(schema[5], Object.values(value ?? {}), path)
    : findList(schema[4], value, path);
}

function findSimple(schema: number, value: unknown, path: string): readonly string[] {
  if (schema >= mapBit) return findEach(schema - mapBit, Object.values(value ?? {}), path);
  if (schema >= listBit) return findList(schema - listBit, value, path);
  return simpleKinds[schema]?.(value) ? [] : [`${path} is ${JSON.stringify(value)}`];
}

function findMember(
  names: readonly string[],
  schemas: readonly unknown[],
  value: unknown,
  path: string,
): readonly string[] {
  if (typeof value !== "object" || value === null) return [`${path} is no structure`];
  return Object.entries(value).flatMap(([name, member]) => {
    const index = names.indexOf(name);
    return index < 0 ? [`${path}.${name} is in no model`] : find(schemas[index], member, `${path}.${name}`);
  });
}

const findList = (of: unknown, value: unknown, path: string): readonly string[] =>
  Array.isArray(value) ? findEach(of, value, path) : [`${path} is no list`];

const findEach = (of: unknown, values: readonly unknown[], path: string): readonly string[] =>
  values.flatMap((value, index) => find(of, value, `${path}[${index}]`));
