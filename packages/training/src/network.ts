import {
  resolveLayer,
  planModel,
  type Definition,
  type LayerWrapper,
  type Loss,
  type Model,
  type Optimizer,
  type Schedule,
  type ScheduleContext,
} from "@nn/layers";
import type { Backend, Rng, Shape } from "@nn/tensor";

import type { PartSpec, TrialSpec } from "./trial-spec.ts";
import { loadPartCatalogs } from "./part-catalogs.ts";
import { buildWithoutBiasDecay } from "./step/parameter-groups.ts";

/** A model with its loss, optimizer, schedule and backend. */
export interface Network {
  readonly backend: Backend;
  readonly model: Model;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  /** Creates the learning rate schedule of a training run of this length. */
  createSchedule(context: ScheduleContext): Schedule;
}

/** Arguments for building a network, besides its spec. */
export interface NetworkContext {
  readonly backend: Backend;
  /** Shape of one image, without the batch axis N. */
  readonly inputShape: Shape;
  readonly classes: number;
  /** Maximum batch size in training and evaluation. */
  readonly batchSize: number;
  /** Random stream of the weights and of random layers. */
  readonly rng: Rng;
  /** Absolute path of the folder to which paths of custom parts are relative. */
  readonly experimentFolder: string;
  /** Wraps each layer, for example to measure its time. Default: no wrapper. */
  readonly wrapLayer?: LayerWrapper | undefined;
}

/** Builds the network of a trial's spec, with newly initialized weights. */
export async function buildNetwork(spec: TrialSpec, setting: NetworkContext): Promise<Network> {
  const { backend, batchSize, rng, wrapLayer } = setting;
  const catalogs = await loadPartCatalogs(spec, setting.experimentFolder);
  const { initializers } = catalogs;
  const find = (type: string) => choose("layer", catalogs.layers, { type }).definition;
  const plan = planModel(
    spec.model.layers.map((choice) => resolveLayer(choice, { find })),
    setting.inputShape,
  );
  const initializer = choose("initializer", initializers, spec.model.initializer);
  const model = plan.build({ backend, batchSize, rng, initializer, initializers, wrapLayer });

  const loss = choose("loss", catalogs.losses, spec.loss);
  loss.definition.check(plan.outputShape, setting.classes, loss.options);
  const optimizer = choose("optimizer", catalogs.optimizers, spec.optimizer);
  const learning = { backend, parameters: model.parameters };
  const schedule = choose("schedule", catalogs.schedules, spec.schedule);
  return {
    backend,
    model,
    loss: loss.definition.build(loss.options, { backend, batchSize, outputShape: plan.outputShape }),
    optimizer:
      spec.training.decayBias === false
        ? buildWithoutBiasDecay(optimizer.definition, optimizer.options, learning)
        : optimizer.definition.build(optimizer.options, learning),
    createSchedule: (context) => schedule.definition.build(schedule.options, context),
  };
}

interface Chosen<Entry extends Definition> {
  readonly definition: Entry;
  readonly options: Record<string, unknown>;
}

function choose<Entry extends Definition>(
  what: string,
  catalog: ReadonlyMap<string, Entry>,
  choice: PartSpec,
): Chosen<Entry> {
  const definition = catalog.get(choice.type);
  // The spec was checked against these catalogs, so an entry is missing only in a worker of another version.
  if (definition === undefined) throw new Error(`There is no ${what} of type "${choice.type}".`);
  return { definition, options: optionsOf(choice) };
}

function optionsOf(choice: PartSpec): Record<string, unknown> {
  const { type: _type, ...options } = choice;
  return options;
}
