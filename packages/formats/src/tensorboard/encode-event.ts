import { BinaryWriter } from "@bufbuild/protobuf/wire";

import {
  writeBytes,
  writeDouble,
  writeFloat,
  writeInteger,
  writeMessage,
  writeText,
  type Message,
} from "../protobuf/fields.ts";

// Field numbers of Event, Summary, SummaryMetadata (tensorboard/compat/proto) and of HParamsPluginData
// (tensorboard/plugins/hparams/plugin_data.proto) in https://github.com/tensorflow/tensorboard.

/** The value of a hyperparameter. */
export type HyperparameterValue = number | string | boolean;

/** The content of an event. */
export type EventContent =
  /** The first event of a file. */
  | { readonly version: string }
  /** Numbers by tag. */
  | { readonly scalars: Readonly<Record<string, number>> }
  /** The hyperparameters of a run. Runs with the same `group` are repeats of the same configuration. */
  | { readonly hyperparameters: Readonly<Record<string, HyperparameterValue>>; readonly group: string }
  /** The end of a run. */
  | { readonly end: "success" | "failure" };

/** An event. `wallTime` is in seconds since 1970; `step` is the position on the x-axis. */
export interface TensorboardEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly content: EventContent;
}

const STATUS = { success: 1, failure: 2 };

/** Encodes an event as an Event message. */
export function encodeEvent(event: TensorboardEvent): Uint8Array {
  const writer = new BinaryWriter();
  writeEvent(writer, event);
  return writer.finish();
}

const writeEvent: Message<TensorboardEvent> = (writer, { wallTime, step, content }) => {
  writeDouble(writer, 1, wallTime);
  if (step !== 0) writeInteger(writer, 2, step);
  if ("version" in content) writeText(writer, 3, content.version);
  else writeMessage(writer, 5, writeSummary, { content, wallTime });
};

const writeSummary: Message<{
  readonly content: Exclude<EventContent, { version: string }>;
  readonly wallTime: number;
}> = (writer, { content, wallTime }) => {
  if ("scalars" in content) {
    for (const scalar of Object.entries(content.scalars)) writeMessage(writer, 1, writeScalar, scalar);
  } else if ("hyperparameters" in content) {
    const plugin = encode(writeStart, { ...content, wallTime });
    writeMessage(writer, 1, writePluginValue, { tag: "_hparams_/session_start_info", plugin });
  } else {
    const plugin = encode(writeEnd, { status: STATUS[content.end], wallTime });
    writeMessage(writer, 1, writePluginValue, { tag: "_hparams_/session_end_info", plugin });
  }
};

const writeScalar: Message<readonly [string, number]> = (writer, [tag, value]) => {
  writeText(writer, 1, tag);
  writeFloat(writer, 2, value);
};

/** A value whose content is a message of the plugin hparams. */
const writePluginValue: Message<{ readonly tag: string; readonly plugin: Uint8Array }> = (writer, value) => {
  writeText(writer, 1, value.tag);
  writeMessage(writer, 9, writeMetadata, value.plugin);
};

const writeMetadata: Message<Uint8Array> = (writer, plugin) => {
  writeMessage(
    writer,
    1,
    (data, content: Uint8Array) => {
      writeText(data, 1, "hparams");
      writeBytes(data, 2, content);
    },
    plugin,
  );
};

/** HParamsPluginData with a SessionStartInfo. */
const writeStart: Message<{
  readonly hyperparameters: Readonly<Record<string, HyperparameterValue>>;
  readonly group: string;
  readonly wallTime: number;
}> = (writer, content) => {
  writeMessage(
    writer,
    3,
    (info, { hyperparameters, group, wallTime }) => {
      for (const entry of Object.entries(hyperparameters)) writeMessage(info, 1, writeHyperparameter, entry);
      writeText(info, 4, group);
      writeDouble(info, 5, wallTime);
    },
    content,
  );
};

/** An entry of a map to google.protobuf.Value. */
const writeHyperparameter: Message<readonly [string, HyperparameterValue]> = (writer, [name, value]) => {
  writeText(writer, 1, name);
  writeMessage(writer, 2, writeValue, value);
};

const writeValue: Message<HyperparameterValue> = (writer, value) => {
  if (typeof value === "number") writeDouble(writer, 2, value);
  else if (typeof value === "string") writeText(writer, 3, value);
  else writeInteger(writer, 4, Number(value));
};

/** HParamsPluginData with a SessionEndInfo. */
const writeEnd: Message<{ readonly status: number; readonly wallTime: number }> = (writer, content) => {
  writeMessage(
    writer,
    4,
    (info, { status, wallTime }) => {
      writeInteger(info, 1, status);
      writeDouble(info, 2, wallTime);
    },
    content,
  );
};

function encode<Content>(write: Message<Content>, content: Content): Uint8Array {
  const writer = new BinaryWriter();
  write(writer, content);
  return writer.finish();
}
