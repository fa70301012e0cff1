import { existsSync } from "node:fs";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { definition, parse } from "../testing/decode.ts";

/** The file that Debian's `python3-onnx` installs. */
const official = "/usr/lib/python3/dist-packages/onnx/onnx.proto";

function typesOf(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((each) =>
    each instanceof protobuf.Namespace
      ? [...(each instanceof protobuf.Type ? [each] : []), ...typesOf(each)]
      : [],
  );
}

function enumsOf(namespace: protobuf.NamespaceBase): protobuf.Enum[] {
  return namespace.nestedArray.flatMap((each) => {
    if (each instanceof protobuf.Enum) return [each];
    return each instanceof protobuf.Namespace ? enumsOf(each) : [];
  });
}

describe.skipIf(!existsSync(official))(
  `onnx.proto beside ${official} (skipped where python3-onnx is absent)`,
  () => {
    const theirs = existsSync(official) ? parse(official) : definition;

    it.each(typesOf(definition).map((type) => [type.fullName, type] as const))(
      "has the official number, type and rule for every field of %s",
      (name, type) => {
        const fields = theirs.lookupType(name).fields;
        for (const field of type.fieldsArray) {
          const { id, type: fieldType, repeated } = fields[field.name]!;
          expect({ id, fieldType, repeated }).toEqual({
            id: field.id,
            fieldType: field.type,
            repeated: field.repeated,
          });
        }
      },
    );

    it.each(enumsOf(definition).map((each) => [each.fullName, each] as const))(
      "has the official values of %s",
      (name, { values }) => {
        expect(theirs.lookupEnum(name).values).toMatchObject(values);
      },
    );
  },
);
