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

/** The parts of a network that evaluation needs. */
export type EvaluationNetwork = Pick<Network, "backend" | "model" | "loss">;

/** Builds the network of a trial's spec, with newly initialized weights. */
export async function buildNetwork(spec: TrialSpec, setting: NetworkContext): Promise<Network> {
  const network = await buildEvaluationNetwork(spec, setting);
  const { optimizers, schedules } = await loadPartCatalogs(spec, setting.experimentFolder);
  const optimizer = choose("optimizer", optimizers, spec.optimizer);
  const learning = { backend: setting.backend, parameters: network.model.parameters };
  const schedule = choose("schedule", schedules, spec.schedule);
  return {
    ...network,
    optimizer:
      spec.training.decayBias === false
        ? buildWithoutBiasDecay(optimizer.definition, optimizer.options, learning)
        : optimizer.definition.build(optimizer.options, learning),
    createSchedule: (context) => schedule.definition.build(schedule.options, context),
  };
}

/**
 * Builds the model and the loss of a trial's spec, with newly initialized weights. Loads no other custom part
 * of the spec, such as an optimizer.
 */
export async function buildEvaluationNetwork(
  spec: Pick<TrialSpec, "model" | "loss">,
  setting: NetworkContext,
): Promise<EvaluationNetwork> {
  const { backend, batchSize, rng, wrapLayer } = setting;
  const catalogs = await loadPartCatalogs([spec.model, spec.loss], setting.experimentFolder);
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
  return {
    backend,
    model,
    loss: loss.definition.build(loss.options, { backend, batchSize, outputShape: plan.outputShape }),
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
