import { resolve } from "@nn/platform/path";

import {
  chooseLayer,
  initializers,
  layers,
  loadLayerFile,
  losses,
  optimizers,
  planModel,
  schedules,
  type Definition,
  type LayerChoice,
  type Loss,
  type Model,
  type Optimizer,
  type Schedule,
  type ScheduleContext,
} from "@nn/layers";
import type { Backend, Rng, Shape } from "@nn/tensor";

import type { Choice, TrialSpec } from "./trial-spec.ts";
import { customTypes } from "./custom-types.ts";
import { buildDecayingWeightsOnly } from "./step/parameter-groups.ts";

/** All that learns, and the backend that it computes on. */
export interface Network {
  readonly backend: Backend;
  readonly model: Model;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** The learning rate over a training of that many steps. */
  createSchedule(context: ScheduleContext): Schedule;
}

/** Arguments for building a network, beside its spec. */
export interface NetworkContext {
  readonly backend: Backend;
  /** One image, without N. */
  readonly inputShape: Shape;
  readonly classes: number;
  /** The largest number of images of a pass, training or not. */
  readonly batchSize: number;
  /** The stream of the weights and of the layers that are random. */
  readonly rng: Rng;
  /** Absolute folder that plug-in paths are relative to. */
  readonly experimentFolder: string;
}

/** Builds what a trial's spec describes, with fresh weights. */
export async function buildNetwork(spec: TrialSpec, setting: NetworkContext): Promise<Network> {
  const { backend, batchSize } = setting;
  const plan = planModel(await layerChoices(spec.model.layers, setting.experimentFolder), setting.inputShape);
  const initializer = choose("initializer", initializers, spec.model.initializer);
  const model = plan.build({ backend, batchSize, rng: setting.rng, initializer, initializers });

  const loss = choose("loss", losses, spec.loss);
  loss.definition.check(plan.outputShape, setting.classes, loss.options);
  const optimizer = choose("optimizer", optimizers, spec.optimizer);
  const learning = { backend, parameters: model.parameters };
  const schedule = choose("schedule", schedules, spec.schedule);
  return {
    backend,
    model,
    loss: loss.definition.build(loss.options, { backend, batchSize, outputShape: plan.outputShape }),
    optimizer:
      spec.training.decayBias === false
        ? buildDecayingWeightsOnly(optimizer.definition, optimizer.options, learning)
        : optimizer.definition.build(optimizer.options, learning),
    createSchedule: (context) => schedule.definition.build(schedule.options, context),
  };
}

/** What the catalog does not have is a layer of one's own, named by the path of its file. */
async function layerChoices(choices: readonly Choice[], folder: string): Promise<LayerChoice[]> {
  const catalog = new Map(layers);
  for (const path of customTypes(choices)) catalog.set(path, await loadLayerFile(resolve(folder, path)));
  return choices.map((choice) =>
    chooseLayer(choice, { find: (type) => choose("layer", catalog, { type }).definition }),
  );
}

interface Chosen<Entry extends Definition> {
  readonly definition: Entry;
  readonly options: Record<string, unknown>;
}

function choose<Entry extends Definition>(
  what: string,
  catalog: ReadonlyMap<string, Entry>,
  choice: Choice,
): Chosen<Entry> {
  const definition = catalog.get(choice.type);
  // The spec was checked against these catalogs; only a worker of another version could miss one.
  if (definition === undefined) throw new Error(`There is no ${what} of type "${choice.type}".`);
  return { definition, options: optionsOf(choice) };
}

function optionsOf(choice: Choice): Record<string, unknown> {
  const { type: _type, ...options } = choice;
  return options;
}
